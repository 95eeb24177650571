namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>What may be stored of a flush whose answer was lost.</summary>
internal enum Doubt
{
    /// <summary>Nothing but what its owner was told.</summary>
    None,

    /// <summary>All of it.</summary>
    AllOrNothing,

    /// <summary>What PostgreSQL did not refuse of it.</summary>
    PartOrNothing,
}
