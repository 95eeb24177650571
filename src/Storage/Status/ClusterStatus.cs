namespace QLearning.Storage.Status;

/// <summary>A silo as it last said of itself.</summary>
/// <param name="Address">Its address and port for other silos.</param>
/// <param name="GatewayPort">Its port for clients.</param>
/// <param name="Host">Its machine.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="AliveAt">When it last wrote that it is alive.</param>
public sealed record SiloStatus(string Address, int GatewayPort, string Host, DateTimeOffset StartedAt, DateTimeOffset AliveAt);

/// <summary>What the database holds of one agent type.</summary>
/// <param name="AgentType">The agent type.</param>
/// <param name="QValues">Live Q-values.</param>
/// <param name="States">States with a live Q-value.</param>
/// <param name="Visits">The sum of their visit counts.</param>
/// <param name="Trajectories">Trajectories.</param>
/// <param name="LastUpdated">When a Q-value was last written.</param>
/// <param name="Epoch">The epoch of the newest activation; 0: never activated.</param>
public sealed record AgentTypeStatus(
    string AgentType, long QValues, long States, long Visits, long Trajectories, DateTimeOffset? LastUpdated, long Epoch);

/// <summary>What the database knows of a cluster.</summary>
/// <param name="Silos">Its active silos.</param>
/// <param name="AgentTypes">All agent types.</param>
/// <param name="DatabaseBytes">The size of the database.</param>
/// <param name="Maintenance">When clean-up and view refresh last ran.</param>
public sealed record ClusterStatus(
    IReadOnlyList<SiloStatus> Silos, IReadOnlyList<AgentTypeStatus> AgentTypes, long DatabaseBytes, MaintenanceRuns Maintenance);
