namespace QLearning.Grains.Tests.Agents;

/// <summary>An outcome and the next choice as one message, which may come twice.</summary>
[Collection(SharedSilo.Name)]
public sealed class AgentStepTests(SiloFixture silo)
{
    [Theory]
    [InlineData("qLearning")]
    [InlineData("sarsa")]
    public async Task A_step_that_is_sent_again_is_answered_the_same_and_counts_once(string rule)
    {
        var type = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}"}""");
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");
        var (observation, next) = (agent.Outcome(1, "t"), Next(agent, "t", 1));

        var first = await agent.Grain.ObserveAndSelect(observation, next);
        var again = await agent.Grain.ObserveAndSelect(observation, next);

        Assert.Equal(first.Decision, again.Decision);
        Assert.Equal(first.Observed.Learned, again.Observed.Learned);
        await type.Grain.Flush();
        Assert.Equal(1, await type.VisitsAsync());
    }

    [Fact]
    public async Task What_does_not_follow_is_refused_and_teaches_nothing()
    {
        var type = await silo.AddAgentTypeAsync();
        var agent = silo.Agent(type);
        await agent.ActAsync("s", "a");

        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await agent.Grain.ObserveAndSelect(agent.Outcome(1, "t"), Next(agent, "t", 2)));
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await agent.Grain.ObserveAndSelect(agent.Outcome(1, "t"), Next(agent, "t", 1) with { EpisodeId = Guid.NewGuid() }));
        await Assert.ThrowsAsync<InvalidInputException>(
            async () => await agent.Grain.ObserveAndSelect(agent.Outcome(1, "t", done: true), Next(agent, "t", 1)));
        await type.Grain.Flush();
        Assert.Equal(0, await type.VisitsAsync());
    }

    private static AgentDecisionRequest Next(TestAgent agent, string state, int step) => new()
    {
        EpisodeId = agent.Episode,
        State = State.FromKey(state),
        Candidates = [AgentAction.Named("a"), AgentAction.Named("b"), AgentAction.Named("c")],
        Step = step,
    };
}
