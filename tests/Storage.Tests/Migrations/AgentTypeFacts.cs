namespace QLearning.Storage.Tests.Migrations;

/// <summary>The 18 agent types of the first migration.</summary>
internal static class AgentTypeFacts
{
    /// <summary>Name, name for people, dimensions of states and of actions.</summary>
    public const string Rows = """
        api-contract-validator | API Contract Validator | 14 | 7
        chaos-engineer | Chaos Engineer | 15 | 8
        code-complexity | Code Complexity Analyzer | 10 | 5
        coverage-analyzer | Coverage Analyzer | 12 | 5
        deployment-readiness | Deployment Readiness | 11 | 5
        flaky-test-hunter | Flaky Test Hunter | 11 | 6
        fleet-commander | Fleet Commander | 20 | 10
        performance-tester | Performance Tester | 14 | 7
        production-intelligence | Production Intelligence | 12 | 6
        quality-analyzer | Quality Analyzer | 12 | 6
        quality-gate | Quality Gate | 10 | 4
        regression-risk-analyzer | Regression Risk Analyzer | 13 | 7
        requirements-validator | Requirements Validator | 10 | 5
        security-scanner | Security Scanner | 16 | 8
        test-data-architect | Test Data Architect | 12 | 6
        test-executor | Test Executor | 10 | 6
        test-generator | Test Generator | 15 | 8
        visual-tester | Visual Tester | 13 | 6
        """;
}
