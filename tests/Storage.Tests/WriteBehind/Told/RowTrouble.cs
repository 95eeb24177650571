namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>Trouble at one row.</summary>
internal readonly record struct RowTrouble(bool IsAtCommit, int Visit, string Kind);
