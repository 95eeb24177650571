using QLearning.Abstractions;

namespace QLearning.Http;

/// <summary>The metadata of a route that says its scope; every route of the API has it.</summary>
/// <param name="Scope">The scope.</param>
public sealed record ApiScopeMetadata(ApiScope Scope);
