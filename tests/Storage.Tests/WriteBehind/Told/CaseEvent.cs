namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>What can happen before an attempt of the lane.</summary>
internal enum CaseEvent
{
    /// <summary>Another takes the rows of an owner.</summary>
    Fence,

    /// <summary>The same, while the attempt runs.</summary>
    FenceMeanwhile,

    /// <summary>The row of an owner gets another id, or forgets its last flush, as after a backup was restored.</summary>
    ChangeOwner,

    /// <summary>A type has another number of partitions, so that all its owners lose their rows.</summary>
    Repartition,

    /// <summary>The connection is cut before the server sees a request.</summary>
    CutRequest,

    /// <summary>The connection is cut when the answer comes back.</summary>
    CutAnswer,

    /// <summary>The connection is cut, and a flush's first request reaches the server at the end of the case.</summary>
    HoldRequest,

    /// <summary>Another transaction holds a row until somebody waits for it.</summary>
    Lock,

    /// <summary>Another transaction holds a row until the attempt has given up.</summary>
    LongLock,

    /// <summary>The backends of the lane are terminated while the attempt runs.</summary>
    KillMeanwhile,

    /// <summary>The lane is stopped.</summary>
    Stop,
}
