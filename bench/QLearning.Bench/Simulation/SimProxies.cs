using QLearning.Abstractions;
using QLearning.Grains.Partitions;
using QLearning.Grains.SqlChanges;

namespace QLearning.Bench.Simulation;

/// <summary>
/// The grains as their callers see them. Private, since the runtime takes any class that it can see for a grain of the benchmarks' silos.
/// </summary>
internal sealed partial class SimGrains
{
    /// <summary>The grain of a partition as its callers see it.</summary>
    private sealed class TableProxy(SimWorld world, string key) : IAgentTypeGrain, IPartitionGrain, ISharedTable
    {
        // Sets of owners must have the same order in each run.
        public override int GetHashCode() => key.Length + key[^1];

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public ValueTask<BestAction?> GetBestAction(StateKey state) => CallAsync("best action", grain => grain.GetBestAction(state));

        public ValueTask<BestAction?[]> GetBestActions(StateKey[] states) =>
            CallAsync("best actions", grain => grain.GetBestActions(states));

        public ValueTask<QValue[]> GetQValues(StateKey state) => CallAsync("Q-values", grain => grain.GetQValues(state));

        public ValueTask<QValue[][]> GetQValuesMany(StateKey[] states) =>
            CallAsync("Q-values of next states", grain => grain.GetQValuesMany(states));

        public ValueTask<SelectedAction> SelectAction(SelectActionRequest request) =>
            CallAsync("selection", grain => grain.SelectAction(request));

        public ValueTask<UpdateResult> Apply(UpdateBatch batch)
        {
            var what = world.IsTracing ? $"updates {world.Describe(batch)}" : "updates";
            return CallAsync(what, async grain =>
            {
                var result = await grain.Apply(batch);
                if (world.IsTracing)
                {
                    world.Trace($"{key}: {what} -> {world.Describe(result)}");
                }

                world.Ledger.Refused(batch, result);
                return result;
            });
        }

        public ValueTask<Durability> GetDurability() => CallAsync("durability", async grain =>
        {
            var durability = await grain.GetDurability();
            world.Trace($"{key}: durable up to {durability.Durable}");
            return durability;
        });

        public ValueTask RecordTrajectories(Trajectory[] trajectories) => throw new NotSupportedException();

        public async ValueTask Flush() => await CallAsync("flush", async ValueTask<bool> (grain) =>
        {
            await grain.Flush();
            return true;
        });

        public ValueTask<ForgetResult> Forget(ForgetRequest request) => CallAsync("forget", grain => grain.Forget(request));

        public ValueTask<AgentTypeStatistics> GetStatistics() => CallAsync("statistics", grain => grain.GetStatistics());

        public Task Release(int partitions) => world.Cluster.CallAsync(key, $"release for {partitions}", async grain =>
        {
            await ((IPartitionGrain)grain).Release(partitions);
            return true;
        });

        public Task TakeOver(SqlChangeSet changes) => world.Cluster.CallAsync(key, "settings", async grain =>
        {
            await ((ISharedTable)grain).TakeOver(changes);
            return true;
        });

        private ValueTask<T> CallAsync<T>(string what, Func<IAgentTypeGrain, ValueTask<T>> call) =>
            new(world.Cluster.CallAsync(key, what, grain => call((IAgentTypeGrain)grain).AsTask()));
    }

    /// <summary>The grain of an agent as its callers see it.</summary>
    private sealed class AgentProxy(SimWorld world, string key) : IAgentGrain
    {
        public ValueTask<AgentInfo> Register(AgentRegistration registration) =>
            CallAsync("register", grain => grain.Register(registration));

        public ValueTask<AgentInfo> Get() => CallAsync("get", grain => grain.Get());

        public ValueTask<AgentInfo> BeginSession(Guid sessionId) => throw new NotSupportedException();

        public ValueTask<SessionInfo> StartSession(Guid sessionId, SessionStart start) => throw new NotSupportedException();

        public ValueTask<AgentInfo> LeaveSession() => throw new NotSupportedException();

        public ValueTask<AgentDecision> SelectAction(AgentDecisionRequest request)
        {
            var sent = request.Update is { } update
                ? request with { Update = world.Sabotaged(update, request.EpisodeId, request.Step) }
                : request;
            return CallAsync($"select {request.Step}", grain => grain.SelectAction(sent));
        }

        public async ValueTask<ObservationResult> Observe(Observation observation)
        {
            var sent = observation with { Update = world.Sabotaged(observation.Update, observation.EpisodeId, observation.Step) };
            try
            {
                var done = observation.EndsEpisode ? " (done)" : string.Empty;
                return await CallAsync($"observe {observation.Step}{done}", grain => grain.Observe(sent));
            }
            catch (StorageUnavailableException)
            {
                world.NotStored(observation);
                throw;
            }
        }

        public async ValueTask<AgentStepAnswer> ObserveAndSelect(Observation observation, AgentDecisionRequest next)
        {
            var sent = observation with { Update = world.Sabotaged(observation.Update, observation.EpisodeId, observation.Step) };
            try
            {
                return await CallAsync($"observe {observation.Step} and select", grain => grain.ObserveAndSelect(sent, next));
            }
            catch (StorageUnavailableException)
            {
                world.NotStored(observation);
                throw;
            }
        }

        public async ValueTask RestoreEpisode(EpisodeSnapshot episode) => await CallAsync(
            "restore episode",
            async ValueTask<bool> (grain) =>
            {
                await grain.RestoreEpisode(episode);
                return true;
            });

        public ValueTask<AgentInfo> Pause() => CallAsync("pause", grain => grain.Pause());

        public ValueTask<AgentInfo> ReportError(string error) => CallAsync("report error", grain => grain.ReportError(error));

        public ValueTask<AgentInfo> Resume() => CallAsync("resume", grain => grain.Resume());

        public ValueTask<AgentInfo> ChangeRates(AgentRegistration change) => throw new NotSupportedException();

        public ValueTask<AgentInfo> ResetRates() => throw new NotSupportedException();

        public ValueTask<DeletedRows[]> Delete(bool isDryRun) => throw new NotSupportedException();

        private ValueTask<T> CallAsync<T>(string what, Func<IAgentGrain, ValueTask<T>> call) =>
            new(world.Cluster.CallAsync(key, what, grain => call((IAgentGrain)grain).AsTask()));
    }
}
