namespace QLearning.Abstractions;

/// <summary>When a change is acknowledged.</summary>
public enum WriteMode
{
    /// <summary>As the agent type is set (<c>writeMode</c> in <c>agent_types.metadata</c>, else <see cref="WriteBehind"/>).</summary>
    AgentTypeDefault = 0,

    /// <summary>At once; it is durable within the flush interval, from the end of a flush that is under way, and one commit.</summary>
    WriteBehind = 1,

    /// <summary>After the commit of the flush that has it.</summary>
    Durable = 2,
}
