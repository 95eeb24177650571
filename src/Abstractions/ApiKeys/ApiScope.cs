namespace QLearning.Abstractions;

/// <summary>What a caller over HTTP must be allowed to do to use a route. None includes another. They are stored by name.</summary>
public enum ApiScope
{
    /// <summary>To read.</summary>
    Read = 0,

    /// <summary>To learn: what agents do.</summary>
    Learn = 1,

    /// <summary>To change settings, and to forget and delete.</summary>
    Admin = 2,
}
