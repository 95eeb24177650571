namespace QLearning.Learning.Tests.Exploration;

/// <summary>Pins what each policy chooses, with which probability, and that it says so.</summary>
public class ExplorationPolicyTests
{
    private static readonly Gen<IExplorationPolicy> _policies = Gen.OneOf<IExplorationPolicy>(
        Gen.Const<IExplorationPolicy>(Greedy.Instance),
        Gen.Double[0, 1].Select(rate => (IExplorationPolicy)new EpsilonGreedy(rate)),
        Gen.Double[0.01, 100].Select(temperature => (IExplorationPolicy)new Softmax(temperature)),
        Gen.Double[0, 10].Select(constant => (IExplorationPolicy)new Ucb1(constant)));

    // Few distinct numbers, so that ties are common; up to 100 actions, so that the heap is used as well as the stack.
    private static readonly Gen<(double Q, int Visits)[]> _actions = Gen.Select(
        Gen.Int[-3, 3].Select(q => (double)q), Gen.Int[0, 5], (q, visits) => (q, visits)).Array[1, 100];

    [Fact]
    public void Probabilities_are_a_distribution() =>
        Gen.Select(_policies, _actions).Sample((policy, actions) =>
        {
            var probabilities = Probabilities(policy, actions);
            Assert.All(probabilities, probability => Assert.InRange(probability, 0, 1 + 1e-12));
            Assert.Equal(1, probabilities.Sum(), 9);
        });

    [Fact]
    public void A_choice_says_its_probability_and_whether_it_explored() =>
        Gen.Select(_policies, _actions, Gen.Int).Sample((policy, actions, seed) =>
        {
            var (q, visits) = (actions.Select(a => a.Q).ToArray(), actions.Select(a => a.Visits).ToArray());
            var choice = policy.Choose(q, visits, new Random(seed));
            Assert.Equal(Probabilities(policy, actions)[choice.Index], choice.Propensity, 12);
            Assert.True(choice.Propensity > 0);
            Assert.Equal(q[choice.Index] < q.Max(), choice.Explored);
        });

    [Theory]
    [InlineData(ExplorationPolicy.Greedy)]
    [InlineData(ExplorationPolicy.EpsilonGreedy)]
    [InlineData(ExplorationPolicy.Softmax)]
    [InlineData(ExplorationPolicy.Ucb1)]
    public void Actions_are_chosen_as_often_as_their_probability_says(ExplorationPolicy setting)
    {
        const int Draws = 200_000;
        (double Q, int Visits)[][] situations =
        [
            [(1, 3), (2, 3), (2, 3), (-1, 3)],
            [(1, 0), (2, 3), (0, 0)],
            [(0, 1), (0, 1), (0, 1), (0, 1), (0, 1)],
        ];
        var type = TableFixture.Type(explorationRate: 0.3);
        var policy = ExplorationPolicies.For(type with { Settings = new AgentTypeSettings { ExplorationPolicy = setting } }, null);
        foreach (var actions in situations)
        {
            var (q, visits) = (actions.Select(a => a.Q).ToArray(), actions.Select(a => a.Visits).ToArray());
            var random = new Random(1);
            var counts = new int[q.Length];
            for (var i = 0; i < Draws; i++)
            {
                counts[policy.Choose(q, visits, random).Index]++;
            }

            // Five standard errors of a frequency of one half.
            var probabilities = Probabilities(policy, actions);
            Assert.All(counts, (count, index) => Assert.InRange((count / (double)Draws) - probabilities[index], -0.0056, 0.0056));
        }
    }

    [Fact]
    public void Epsilon_greedy_gives_each_action_its_share_of_epsilon() =>
        Assert.Equal([0.4 + 0.05, 0.4 + 0.05, 0.05, 0.05], Probabilities(new EpsilonGreedy(0.2), [(7, 1), (7, 1), (1, 1), (2, 1)]));

    [Fact]
    public void Greedy_shares_among_the_best() =>
        Assert.Equal([0.5, 0, 0.5], Probabilities(Greedy.Instance, [(7, 1), (1, 1), (7, 9)]));

    [Fact]
    public void Softmax_weighs_by_powers_of_e()
    {
        var probabilities = Probabilities(new Softmax(2), [(0, 1), (2 * Math.Log(3), 1)]);
        Assert.Equal(0.25, probabilities[0], 12);
        Assert.Equal(0.75, probabilities[1], 12);
    }

    [Theory]
    [InlineData(999_999.999999, 1e-9)]
    [InlineData(-999_999.999999, 1e-9)]
    [InlineData(999_999.999999, 1e9)]
    public void Softmax_stays_finite_at_the_ends_of_the_range(double q, double temperature)
    {
        var probabilities = Probabilities(new Softmax(temperature), [(q, 1), (0, 1)]);
        Assert.All(probabilities, probability => Assert.True(double.IsFinite(probability)));
        Assert.Equal(1, probabilities.Sum(), 12);
        Assert.Equal(q > 0, probabilities[0] >= 0.5);
    }

    [Fact]
    public void Ucb1_takes_what_was_never_visited_first() =>
        Assert.Equal([0, 0.5, 0.5], Probabilities(new Ucb1(1), [(100, 5), (-100, 0), (0, 0)]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 0)]
    public void Ucb1_weighs_a_high_value_against_a_seldom_visit(double constant, int expected)
    {
        // ln 110 = 4.70: bounds 0 + c·0.69 with 10 visits and 1 + c·0.22 with 100, equal at c = 2.13.
        var choice = new Ucb1(constant).Choose([0, 1], [10, 100], new Random(1));
        Assert.Equal(new PolicyChoice(expected, Explored: expected == 0, 1), choice);
    }

    [Fact]
    public void An_agents_own_rate_goes_before_the_types()
    {
        var type = TableFixture.Type(explorationRate: 0);
        Assert.Equal([1, 0], Probabilities(ExplorationPolicies.For(type, null), [(1, 1), (0, 1)]));
        Assert.Equal([0.5, 0.5], Probabilities(ExplorationPolicies.For(type, 1), [(1, 1), (0, 1)]));
    }

    [Fact]
    public void The_same_seed_chooses_the_same()
    {
        var policy = new EpsilonGreedy(0.5);
        var (first, second) = (new Random(5), new Random(5));
        Assert.All(
            Enumerable.Range(0, 100),
            _ => Assert.Equal(policy.Choose([1, 1, 0], [1, 1, 1], first), policy.Choose([1, 1, 0], [1, 1, 1], second)));
    }

    [Fact]
    public void Choosing_among_64_allocates_nothing()
    {
        var (q, visits, random) = (new double[64], new int[64], new Random(1));
        Array.Fill(visits, 1);
        IExplorationPolicy[] all = [Greedy.Instance, new EpsilonGreedy(0.5), new Softmax(1), new Ucb1(1)];
        Run(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var policy in all)
                {
                    policy.Choose(q, visits, random);
                }
            }
        }
    }

    [Fact]
    public void Nothing_to_choose_from_is_refused() =>
        _policies.Sample(policy =>
        {
            Assert.Throws<InvalidInputException>(() => policy.Choose([], [], new Random(1)));
            Assert.Throws<InvalidInputException>(() => policy.Choose([1], [1, 2], new Random(1)));
            Assert.Throws<InvalidInputException>(() => policy.Probabilities([1], [1], new double[2]));
        });

    [Fact]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.Throws<InvalidInputException>(() => new EpsilonGreedy(-0.1));
        Assert.Throws<InvalidInputException>(() => new EpsilonGreedy(1.1));
        Assert.Throws<InvalidInputException>(() => new EpsilonGreedy(double.NaN));
        Assert.Throws<InvalidInputException>(() => new Softmax(0));
        Assert.Throws<InvalidInputException>(() => new Softmax(double.NaN));
        Assert.Throws<InvalidInputException>(() => new Softmax(double.PositiveInfinity));
        Assert.Throws<InvalidInputException>(() => new Ucb1(-1));
        Assert.Throws<InvalidInputException>(() => new Ucb1(double.NaN));
        var settings = new AgentTypeSettings { ExplorationPolicy = (ExplorationPolicy)99 };
        Assert.Throws<InvalidInputException>(() => ExplorationPolicies.For(TableFixture.Type() with { Settings = settings }, null));
    }

    private static double[] Probabilities(IExplorationPolicy policy, (double Q, int Visits)[] actions)
    {
        var probabilities = new double[actions.Length];
        policy.Probabilities(actions.Select(a => a.Q).ToArray(), actions.Select(a => a.Visits).ToArray(), probabilities);
        return probabilities;
    }
}
