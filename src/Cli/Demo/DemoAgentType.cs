using QLearning.Abstractions;

namespace QLearning.Cli.Demo;

/// <summary>
/// A small made-up world for the agents of one type: situations from the type's field, and in each of them one action that nearly always
/// solves it, while the others nearly always spoil the task. The agents do not know which, and have to find out.
/// </summary>
internal sealed class DemoAgentType
{
    private const double Solved = 10;
    private const double Spoilt = -20;
    private const double BestSolves = 0.97;
    private const double OthersSolve = 0.1;

    private readonly int[] _best;

    private DemoAgentType(string name, State[] states, AgentAction[] actions, Random random)
    {
        (Name, States, Actions) = (name, states, actions);
        _best = [.. states.Select(_ => random.Next(actions.Length))];
    }

    public string Name { get; }

    public State[] States { get; }

    public AgentAction[] Actions { get; }

    public static DemoAgentType[] All(int seed)
    {
        var random = new Random(seed);
        return
        [
            new("test-generator", Describe("coverage_gap", [0, 2, 4, 6, 8, 10], "framework", ["jest", "xunit", "pytest"]), Named(
                "use_property_based", "use_example_based", "use_mutation_testing", "prioritize_branches", "prioritize_lines",
                "generate_simple", "generate_comprehensive", "reuse_pattern"), random),
            new("test-executor", Describe("num_tests", [0, 1, 5, 20, 100], "ci_environment", ["local", "shared", "dedicated"]), Named(
                "execute_sequential", "execute_parallel_2", "execute_parallel_4", "execute_parallel_8", "run_all_tests",
                "run_changed_only", "run_failed_first"), random),
            new("coverage-analyzer", Describe("line_coverage", [0, 3, 6, 8, 9, 10], "task_type", ["unit", "service"]), Named(
                "quick_scan", "detailed_analysis", "gap_prioritization", "use_linear_scan", "use_binary_search"), random),
            new("flaky-test-hunter",
                Describe("test_failure_rate", [0, 1, 3, 5, 8], "failure_pattern", ["random", "order", "timing"]),
                Named("statistical_analysis", "retry_test_nx", "isolate_test", "fix_timing_issue"), random),
        ];
    }

    /// <summary>Tries an action.</summary>
    /// <returns>Its reward, and whether the task can go on.</returns>
    public (double Reward, bool GoesOn) Try(int state, int action, Random random)
    {
        var solves = random.NextDouble() < (IsBest(state, action) ? BestSolves : OthersSolve);
        return (solves ? Solved : Spoilt, solves);
    }

    /// <summary>Whether an action is the one to choose.</summary>
    public bool IsBest(int state, int action) => _best[state] == action;

    private static State[] Describe(string number, int[] numbers, string word, string[] words) =>
        [.. from n in numbers from w in words select State.FromJson($$"""{"{{number}}": {{n}}, "{{word}}": "{{w}}"}""")];

    private static AgentAction[] Named(params string[] names) => [.. names.Select(AgentAction.Named)];
}
