namespace QLearning.Learning.Tests.Worlds;

/// <summary>An agent that learns the cliff walk with the project's table, learner and policy.</summary>
internal sealed class CliffWalker : IDisposable
{
    private readonly TableFixture _fixture = new();
    private readonly EpsilonGreedy _policy;
    private readonly Random _random;
    private readonly double[] _qValues = new double[CliffWalk.ActionCount];
    private readonly int[] _visits = new int[CliffWalk.ActionCount];

    public CliffWalker(AgentTypeInfo type, int seed)
    {
        Learner = new Learner(type);
        _policy = new EpsilonGreedy(type.ExplorationRate);
        _random = new Random(seed);
    }

    public QTable Table => _fixture.Table;

    public Learner Learner { get; set; }

    /// <summary>Learns one episode and returns the sum of its rewards.</summary>
    public double RunEpisode()
    {
        var (cell, action, total) = (CliffWalk.Start, Choose(CliffWalk.Start), 0.0);
        while (true)
        {
            var (next, reward, done) = CliffWalk.Step(cell, action);
            var nextAction = Choose(next);
            Learner.Learn(Table, CliffWalk.Transition(cell, action, nextAction));
            total += reward;
            if (done)
            {
                return total;
            }

            (cell, action) = (next, nextAction);
        }
    }

    /// <summary>Learns every action in every cell once.</summary>
    public void Sweep()
    {
        foreach (var cell in CliffWalk.Cells)
        {
            for (var action = 0; action < CliffWalk.ActionCount; action++)
            {
                Learner.Learn(Table, CliffWalk.Transition(cell, action));
            }
        }
    }

    /// <summary>The cells on the way of the best actions and the sum of its rewards; ends at the goal or after 100 steps.</summary>
    public (List<int> Cells, double Return) GreedyPath()
    {
        var (cells, total, done) = (new List<int> { CliffWalk.Start }, 0.0, false);
        while (!done && cells.Count <= 100)
        {
            Assert.True(Table.TryGetBest(CliffWalk.KeyOf(cells[^1]), out var best));
            var action = Array.IndexOf(CliffWalk.ActionKeys, Table.Actions[best.ActionIndex].Key);
            (var next, var reward, done) = CliffWalk.Step(cells[^1], action);
            cells.Add(next);
            total += reward;
        }

        return (cells, total);
    }

    public double Value(int cell, int action) =>
        Table.TryGet(CliffWalk.KeyOf(cell), CliffWalk.ActionKeys[action], out var entry) ? entry.QValue : 0;

    public void Dispose() => _fixture.Dispose();

    private int Choose(int cell)
    {
        for (var action = 0; action < CliffWalk.ActionCount; action++)
        {
            _qValues[action] = Value(cell, action);
        }

        return _policy.Choose(_qValues, _visits, _random).Index;
    }
}
