using System.ComponentModel;
using ModelContextProtocol.Server;

namespace QLearning.Mcp.Prompts;

/// <summary>Teaches a language model the loop.</summary>
[McpServerPromptType]
internal static class LoopPrompt
{
    /// <summary>The loop in short, for clients that show a server's instructions to the model.</summary>
    public const string Instructions =
        "Agents of a type share what they learn here. Before a decision that comes again and again: qlearning_select_action with the "
        + "situation and what you could do. Do what it answers. Afterwards: qlearning_record_outcome with the same episode and step and a "
        + "reward computed from what really happened. Describe the same situation by the same text each time.";

    [McpServerPrompt(Name = "qlearning_loop", Title = "Learn from what happens")]
    [Description("How to work on a task so that this and all later agents learn from it.")]
    public static string Loop(
        [Description("The agent type, such as 'test-generator'.")] string agentType,
        [Description("Your name as an agent, such as 'tg-1'.")] string agent,
        [Description("What is to be done.")] string task) =>
        $$"""
        Work on this task, and learn from it as the agent '{{agent}}' of the type '{{agentType}}': {{task}}

        1. Describe the situation by a JSON object of the few features that matter for the decision, such as
           {"language": "csharp", "failing": true}. The same situation must get the same text; no names, times or numbers that never
           come again. qlearning_search_patterns with it as 'state' shows what worked before.
        2. Call qlearning_select_action with it and with all that you could do as 'candidates'.
        3. Do the action that it answers, even if you would have chosen another: sometimes it tries something to find out. Should it be
           harmful, do not do it, and choose again with candidates that leave it out.
        4. Call qlearning_record_outcome with the 'episode' and 'step' of the answer, the 'state' and 'action' it was for, and a reward from
           what you can measure (exit code, tests that passed, time), never from how you feel about it: 1 for success, -1 for failure,
           something between for a part. 'ending' is 'done' when the task is over, else 'continues' with the new situation as 'nextState';
           then choose again with the same 'episode' and the 'nextStep' of the answer.
        5. If a call fails, its text says what to send instead. The outcome of a step may be sent again: it counts once.
        6. When something worked that others should know, store it with qlearning_store_pattern.
        """;
}
