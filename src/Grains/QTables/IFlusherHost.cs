namespace QLearning.Grains.QTables;

/// <summary>What a <see cref="QTableFlusher"/> needs of its grain.</summary>
internal interface IFlusherHost
{
    /// <summary>How often <see cref="StayAlive"/> is called while a flush is under way.</summary>
    TimeSpan KeepAliveInterval { get; }

    /// <summary>Sets the grain's one timer.</summary>
    void Arm(TimeSpan due);

    /// <summary>Puts off the grain's collection for longer than <see cref="KeepAliveInterval"/>.</summary>
    void StayAlive();

    /// <summary>A newer activation owns the rows: the grain must go.</summary>
    void OnFenced();

    /// <summary>PostgreSQL refuses Q-values: they are in memory only, and are tried again.</summary>
    void OnRefused(int count, Exception error);

    /// <summary>The rows are released, and with that Q-values are lost that PostgreSQL refuses.</summary>
    void OnLost(int count, Exception error);

    /// <summary>Makes sure that the failure of a background task is seen.</summary>
    void Watch(Task task);
}
