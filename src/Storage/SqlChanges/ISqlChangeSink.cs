using QLearning.Abstractions;

namespace QLearning.Storage.SqlChanges;

/// <summary>Who wants to know what other programs wrote. The calls come one after another and must not block.</summary>
public interface ISqlChangeSink
{
    /// <summary>Q-values were inserted, updated or deleted.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="states">The states; null: any.</param>
    void QValuesChanged(string agentType, IReadOnlyCollection<StateKey>? states);

    /// <summary>The row in <c>agent_types</c> was changed.</summary>
    /// <param name="agentType">The agent type.</param>
    void SettingsChanged(string agentType);

    /// <summary>Rows of <c>agent_states</c> were updated or deleted.</summary>
    /// <param name="agentType">The agent type.</param>
    /// <param name="instances">The agents; null: any of the type.</param>
    void AgentsChanged(string agentType, IReadOnlyCollection<string>? instances);

    /// <summary>Rows of <c>patterns</c> were inserted, updated or deleted.</summary>
    /// <param name="agentType">The agent type.</param>
    void PatternsChanged(string agentType);

    /// <summary>Anything may have changed: sql_changes was not read for a while.</summary>
    void AnythingChanged();
}
