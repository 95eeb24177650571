using System.ComponentModel;
using ModelContextProtocol.Server;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Mcp.Tools;

/// <summary>Heuristics that agents of a type share.</summary>
/// <param name="client">The cluster.</param>
[McpServerToolType]
internal sealed class PatternTools(IQLearningClient client)
{
    [McpServerTool(Name = "qlearning_search_patterns", Title = "Find what worked before", ReadOnly = true, Destructive = false,
        Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Finds patterns: what agents of the type found worth keeping, with how well it worked. Ask by a name that may be "
        + "misspelt, by kind, or by the state they are for; with none of these the most trusted come first.")]
    public async Task<FoundPatterns> SearchAsync(
        [Description("The agent type; qlearning_agent_status lists them.")] string agentType,
        [Description("A name like this one.")] string? name = null,
        [Description("This kind of pattern, such as 'test_template'.")] string? type = null,
        [Description("This category.")] string? category = null,
        [Description("Patterns that apply in this state: the text of a JSON object of its features.")] string? state = null,
        [Description("The most to answer, 1 to 1,000.")] int limit = 10,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var query = new PatternQuery
        {
            Name = name,
            Type = type,
            Category = category,
            StateJson = state,
            Limit = limit,
        };
        var found = await client.Patterns(agentType).SearchAsync(query, cancellationToken);
        return new FoundPatterns([.. found.Select(match => PatternAnswer.Of(match.Pattern, match.Similarity))]);
    }

    [McpServerTool(Name = "qlearning_store_pattern", Title = "Keep what worked", ReadOnly = false, Destructive = false,
        Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Stores a pattern for all agents of the type. A name that exists gets a next version; older ones stay. Name the 'id' "
        + "yourself to be able to repeat the call: the same id is stored once.")]
    public async Task<PatternAnswer> StoreAsync(
        [Description("The agent type; qlearning_agent_status lists them.")] string agentType,
        [Description("Its name, 1 to 200 characters.")] string name,
        [Description("What kind of pattern it is, such as 'test_template', 1 to 50 characters.")] string type,
        [Description("The pattern itself: the text of JSON.")] string data,
        [Description("Its category, at most 50 characters.")] string? category = null,
        [Description("When it applies: the text of a JSON object, such as {\"language\": \"csharp\", \"files\": {\"$gt\": 10}}. "
            + "Left out: always.")] string? triggerConditions = null,
        [Description("A UUID of your own.")] string? id = null,
        CancellationToken cancellationToken = default)
    {
        await client.AgentTypes.GetAsync(agentType, cancellationToken);
        var stored = await client.Patterns(agentType).StoreAsync(
            new NewPattern
            {
                Id = id is null ? null : IdOf(id),
                Name = name,
                Type = type,
                Category = category,
                DataJson = data,
                TriggerConditionsJson = triggerConditions,
            },
            cancellationToken);
        return PatternAnswer.Of(stored);
    }

    /// <exception cref="InvalidInputException">It is no UUID.</exception>
    public static Guid IdOf(string text) => TextValue.IdOf("pattern id", text, "a UUID, such as the 'id' of a pattern that was found");
}
