namespace QLearning.Bench.Simulation;

/// <summary>What may go wrong in a schedule.</summary>
[Flags]
internal enum SimFaults
{
    None = 0,

    /// <summary>Messages and answers vanish.</summary>
    LostMessages = 1 << 0,

    /// <summary>Messages and answers come late, also after their caller has given up.</summary>
    LateMessages = 1 << 1,

    /// <summary>Messages arrive twice.</summary>
    RepeatedMessages = 1 << 2,

    /// <summary>A silo dies with its memory.</summary>
    SiloCrash = 1 << 3,

    /// <summary>A silo is given up by the others and lives on for a time.</summary>
    Zombie = 1 << 4,

    /// <summary>A client dies with what it keeps.</summary>
    ClientCrash = 1 << 5,

    /// <summary>Statements take seconds.</summary>
    SlowStore = 1 << 6,

    /// <summary>Statements fail, before or after they took effect, or take effect after they failed.</summary>
    FailingStore = 1 << 7,

    /// <summary>The store is away for seconds.</summary>
    Outage = 1 << 8,

    /// <summary>The store refuses some rows for good.</summary>
    RefusedRows = 1 << 9,

    /// <summary>The Q-table is repartitioned.</summary>
    Repartition = 1 << 10,

    /// <summary>The agent type is deleted and made again.</summary>
    Delete = 1 << 11,

    /// <summary>The store is set back to an old backup.</summary>
    Restore = 1 << 12,

    /// <summary>The agent type is switched off and on.</summary>
    Inactive = 1 << 13,

    /// <summary>Grains are deactivated in good order.</summary>
    Deactivation = 1 << 14,

    /// <summary>Owners take few changes until they are stored.</summary>
    SmallBacklog = 1 << 15,

    /// <summary>Clients keep few updates.</summary>
    SmallRoom = 1 << 16,

    /// <summary>Callers send updates that must be refused.</summary>
    BadUpdates = 1 << 17,

    /// <summary>A client does not send again what is not durable.</summary>
    NoResending = 1 << 18,

    /// <summary>Agents' callers give up waiting in the middle of a step, and report it again.</summary>
    Cancelled = 1 << 19,
}

/// <summary>A fault of the program itself, put back to see that it is found; numbered as in the list of what was broken.</summary>
internal enum Sabotage
{
    None = 0,

    /// <summary>A merged call with a refused update is repeated call by call under new numbers.</summary>
    MergedCallRepeated = 1,

    /// <summary>The row of a late reward is committed after what was learned from it.</summary>
    RewardRowLater = 6,

    /// <summary>An acknowledgement names an epoch, which may come again.</summary>
    EpochComesAgain = 7,

    /// <summary>Agents' steps have no number that outlives the call.</summary>
    StepWithoutNumber = 8,

    /// <summary>A step that was learned and not stored is reported again under another number.</summary>
    StepReportedAnew = 9,

    /// <summary>Windows of two owners are joined as if every number up to the highest had been learned.</summary>
    WindowsJoinedByFloor = 10,

    /// <summary>When the table is repartitioned a client goes on with a new list, and the old one is not looked at any more.</summary>
    ListDropped = 11,

    /// <summary>What partitions but the first acknowledge counts as durable.</summary>
    OtherPartitionsDurable = 12,

    /// <summary>A call of which one partition was refused is repeated whole under new numbers.</summary>
    CallRepeatedWhole = 13,

    /// <summary>A refusal is believed although a try before it was not answered.</summary>
    RefusalBelieved = 14,

    /// <summary>An owner goes on after the database was set back to a backup of its own time.</summary>
    BackupUnnoticed = 15,

    /// <summary>What was acknowledged, and lost with its owner, is refused when the agent type was switched off meanwhile.</summary>
    ResentRefused = 16,

    /// <summary>The numbers of updates whose rows were refused are stored with the other rows of their flush.</summary>
    RefusedNumbersStored = 17,
}
