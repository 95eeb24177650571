namespace QLearning.Http;

/// <summary>What a caller must be allowed to do to use a route.</summary>
public enum ApiScope
{
    /// <summary>To read.</summary>
    Read,

    /// <summary>To learn: what agents do.</summary>
    Learn,

    /// <summary>To change settings, and to forget and delete.</summary>
    Admin,
}

/// <summary>The metadata of a route that says its scope; every route of the API has it.</summary>
/// <param name="Scope">The scope.</param>
public sealed record ApiScopeMetadata(ApiScope Scope);
