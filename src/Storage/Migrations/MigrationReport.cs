namespace QLearning.Storage.Migrations;

/// <summary>What a run of the migrations did.</summary>
/// <param name="Applied">The names of the migrations that this run applied, in their order; empty if the schema was up to date.</param>
/// <param name="Version">The newest migration of each folder that the database has now.</param>
public sealed record MigrationReport(IReadOnlyList<string> Applied, string Version);
