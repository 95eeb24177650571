using System.Globalization;
using QLearning.Learning.Tests.Worlds;

namespace QLearning.Grains.Tests.Published;

/// <summary>The published values hold through grains, messages and settings in PostgreSQL, not only in the pure code.</summary>
public sealed class PublishedValuesTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int Seeds = 10;
    private const int Episodes = 500;
    private const int CountedEpisodes = 100;

    private static readonly AgentAction[] _moves = [.. CliffWalk.ActionKeys.Select(key => new AgentAction(key))];
    private static readonly AgentAction _walk = AgentAction.Named("walk");

    [Theory]
    [InlineData(1, -13)]
    [InlineData(0.99, -12.247898)]
    [InlineData(0.95, -9.733158)]
    [InlineData(0.9, -7.458134)]
    public async Task The_value_of_the_cliffs_start_is_that_of_dynamic_programming(double discountFactor, double expected)
    {
        var type = await AddTypeAsync("qLearning", learningRate: 1, discountFactor, explorationRate: 0);
        Transition[] sweep =
        [
            .. from cell in CliffWalk.Cells
               from action in Enumerable.Range(0, CliffWalk.ActionCount)
               select CliffWalk.Transition(cell, action),
        ];
        for (var i = 0; i < 60; i++)
        {
            await type.Grain.LearnMany(sweep, WriteMode.WriteBehind);
        }

        Assert.Equal(expected, (await type.Grain.GetBestAction(CliffWalk.KeyOf(CliffWalk.Start)))!.QValue, 6);
        await type.Grain.Flush();
        Assert.Equal(60 * sweep.Length, await type.VisitsAsync());
        Assert.Equal(
            Math.Round(expected, 6),
            Math.Round((await type.RowsAsync()).Where(row => row.State == $"cell {CliffWalk.Start}").Max(row => row.Value), 6));
    }

    // Example 6.6: SARSA learns the safe way round, Q-learning the best one, which costs it falls while it explores.
    [Theory]
    [InlineData("qLearning", -62, -38)]
    [InlineData("sarsa", -34, -22)]
    public async Task The_online_return_on_the_cliff_is_that_of_the_rule(string rule, double lowest, double highest)
    {
        var types = await Task.WhenAll(Enumerable.Range(0, Seeds).Select(_ => AddTypeAsync(rule, 0.5, 1, explorationRate: 0.1)));
        var returns = await Task.WhenAll(types.Select(RunAsync));
        Assert.InRange(returns.Average(), lowest, highest);
    }

    [Fact]
    public async Task TD_learns_the_values_of_the_random_walk()
    {
        var type = await AddTypeAsync("sarsa", learningRate: 0.1, discountFactor: 1, explorationRate: 0);
        var random = new Random(1);
        foreach (var learningRate in new[] { 0.1, 0.01, 0.001 })
        {
            for (var batch = 0; batch < 10; batch++)
            {
                await type.Grain.LearnMany(Walks(500, random, learningRate), WriteMode.WriteBehind);
            }
        }

        for (var state = 0; state < RandomWalk.States; state++)
        {
            var value = Assert.Single(await type.Grain.GetQValues(RandomWalk.KeyOf(state))).Value;
            Assert.InRange(value - RandomWalk.ValueOf(state), -0.03, 0.03);
        }
    }

    private static Transition[] Walks(int episodes, Random random, double learningRate)
    {
        var steps = new List<Transition>();
        for (var episode = 0; episode < episodes; episode++)
        {
            for (var state = RandomWalk.Middle; state is >= 0 and < RandomWalk.States;)
            {
                var next = state + (random.Next(2) == 0 ? -1 : 1);
                steps.Add(RandomWalk.Step(state, next, _walk) with { LearningRate = learningRate });
                state = next;
            }
        }

        return [.. steps];
    }

    private static async Task<double> RunAsync(TestAgentType type)
    {
        var total = 0.0;
        for (var episode = 1; episode <= Episodes; episode++)
        {
            var earned = await RunEpisodeAsync(type.Grain);
            total += episode > Episodes - CountedEpisodes ? earned : 0;
        }

        return total / CountedEpisodes;
    }

    private static async Task<double> RunEpisodeAsync(IAgentTypeGrain grain)
    {
        var (cell, action, total) = (CliffWalk.Start, await ChooseAsync(grain, CliffWalk.Start), 0.0);
        while (true)
        {
            var (next, reward, done) = CliffWalk.Step(cell, action);
            var nextAction = await ChooseAsync(grain, next);
            await grain.Learn(CliffWalk.Transition(cell, action, nextAction), WriteMode.WriteBehind);
            total += reward;
            if (done)
            {
                return total;
            }

            (cell, action) = (next, nextAction);
        }
    }

    private static async Task<int> ChooseAsync(IAgentTypeGrain grain, int cell)
    {
        var selected = await grain.SelectAction(new SelectActionRequest { State = CliffWalk.KeyOf(cell), Candidates = _moves });
        return Array.IndexOf(CliffWalk.ActionKeys, selected.Action.Key);
    }

    private async Task<TestAgentType> AddTypeAsync(string rule, double learningRate, double discountFactor, double explorationRate)
    {
        var type = await silo.AddAgentTypeAsync($$"""{"learningRule": "{{rule}}"}""");
        await silo.Database.ExecuteInAsync(string.Create(CultureInfo.InvariantCulture, $"""
            update agent_types set learning_rate = {learningRate}, discount_factor = {discountFactor}, exploration_rate = {explorationRate},
                min_exploration_rate = 0
            where agent_type = '{type.Name}'
            """));
        return type;
    }
}
