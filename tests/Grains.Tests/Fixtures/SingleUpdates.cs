namespace QLearning.Grains.Tests.Fixtures;

/// <summary>
/// Updates as one call of a client that has no other: each call has a client id of its own, and an error where it is refused.
/// </summary>
internal static class SingleUpdates
{
    public static async ValueTask<LearnResult> Learn(this IAgentTypeGrain grain, Transition transition, WriteMode mode) =>
        (await grain.LearnMany([transition], mode))[0];

    public static async ValueTask<LearnResult[]> LearnMany(this IAgentTypeGrain grain, Transition[] transitions, WriteMode mode) =>
        (await grain.ApplyAsync(new UpdateGroup { Number = 1, Transitions = transitions }, mode)).Results!;

    public static async ValueTask<LearnResult> Upsert(this IAgentTypeGrain grain, QValueUpsert upsert, WriteMode mode) =>
        (await grain.UpsertMany([upsert], mode))[0];

    public static async ValueTask<LearnResult[]> UpsertMany(this IAgentTypeGrain grain, QValueUpsert[] upserts, WriteMode mode) =>
        (await grain.ApplyAsync(new UpdateGroup { Number = 1, Upserts = upserts }, mode)).Results!;

    public static async ValueTask<LearnResult?[]> RecordRewards(this IAgentTypeGrain grain, DelayedReward[] rewards)
    {
        var answer = await grain.ApplyAsync(new UpdateGroup { Number = 1, Rewards = rewards }, WriteMode.Durable);
        return [.. answer.Results!.Select((result, place) => answer.Recorded.Contains(place) ? (LearnResult?)null : result)];
    }

    private static async Task<UpdateResult> ApplyAsync(this IAgentTypeGrain grain, UpdateGroup group, WriteMode mode)
    {
        var answer = await grain.Apply(new UpdateBatch { ClientId = Guid.NewGuid(), SettledBelow = 1, Groups = [group], Mode = mode });
        return answer switch
        {
            { Refusals: [var refused, ..] } => throw refused.Error,
            { NotDurable: { } reason } => throw new StorageUnavailableException(reason),
            _ => answer,
        };
    }
}
