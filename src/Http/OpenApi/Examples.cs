namespace QLearning.Http.OpenApi;

/// <summary>The example of each request that has a body, by its operation's id. A test sends them all.</summary>
internal static class Examples
{
    private const string Registration = """{"explorationRate":0.3,"learningRate":0.2}""";

    public static IReadOnlyDictionary<string, string> Requests { get; } = new Dictionary<string, string>
    {
        ["AddAgentType"] = """
            {"agentType":"mutation-tester","displayName":"Mutation tester","learningRate":0.2,"settings":{"ttlDays":60}}
            """,
        ["ChangeAgentType"] = """
            {"agentType":"test-generator","displayName":"Test Generator","learningRate":0.1,"explorationRate":0.2}
            """,
        ["GetBestAction"] = """{"state":{"coverage_gap":30,"complexity":"high"}}""",
        ["GetBestActions"] = """{"states":[{"coverage_gap":30},"a1b2c3d4"]}""",
        ["GetQValues"] = """{"states":[{"coverage_gap":30}]}""",
        ["SelectAction"] = """{"state":{"coverage_gap":30},"candidates":["unit_tests","property_tests"],"seed":7}""",
        ["Learn"] = """
            {"state":{"coverage_gap":30},"action":"property_tests","reward":1.5,"nextState":{"coverage_gap":12},"durable":true}
            """,
        ["LearnMany"] = """
            {"transitions":[{"state":{"coverage_gap":12},"action":"unit_tests","reward":1,"done":true}],"durable":true}
            """,
        ["LearnStream"] = """{"state":{"coverage_gap":12},"action":"unit_tests","reward":1,"done":true}""",
        ["StoreQValues"] = """{"qValues":[{"state":{"coverage_gap":12},"action":"unit_tests","qValue":0.75}]}""",
        ["RegisterAgent"] = Registration,
        ["ChangeAgent"] = Registration,
        ["ReportAgentError"] = """{"error":"The compiler was not found."}""",
        ["EndAgentSession"] = """{"status":"completed"}""",
        ["SelectStepAction"] = """
            {"state":{"coverage_gap":30},"candidates":["unit_tests","property_tests"],"taskId":"billing-module"}
            """,
        ["ReportStepOutcome"] = """{"reward":1.5,"nextState":{"coverage_gap":12},"done":true,"success":true}""",
        ["RestoreEpisode"] = """
            {"startedAt":"2026-01-31T12:00:00Z","steps":[{"state":{"coverage_gap":30},"action":"unit_tests","reward":0.5,
            "nextState":{"coverage_gap":20}}],"acting":{"state":{"coverage_gap":20},"action":"property_tests"}}
            """,
        ["StartSession"] = """{"agentType":"test-generator","name":"nightly","environment":"ci","metadata":{"branch":"main"}}""",
        ["EndSession"] = """{"status":"completed"}""",
        ["RecordTrajectories"] = """
            {"trajectories":[{"taskId":"billing-module","steps":[{"state":{"coverage_gap":30},"action":"unit_tests","reward":1}],
            "finalState":{"coverage_gap":0},"success":true,"startedAt":"2026-01-31T12:00:00Z","executionMilliseconds":5000}]}
            """,
        ["RecordRewards"] = """
            {"rewards":[{"state":{"coverage_gap":30},"action":"property_tests","reward":2,"source":"bug found in review"}]}
            """,
        ["StorePattern"] = """
            {"name":"close branch gaps first","type":"coverage_strategy","data":{"order":["branch","line"]},
            "triggerConditions":{"coverage_gap":{"$gte":20}}}
            """,
        ["SearchPatterns"] = """{"name":"close brunch gaps","state":{"coverage_gap":30}}""",
        ["RecordPatternUses"] = """{"uses":[{"patternId":"00000000-0000-0000-0000-000000000001","success":true,"reward":1}]}""",
    };
}
