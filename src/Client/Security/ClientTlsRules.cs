using Microsoft.Extensions.Options;

namespace QLearning.Client.Security;

/// <summary>Refuses a client's certificates that silos would refuse.</summary>
internal sealed class ClientTlsRules : IValidateOptions<QLearningClientOptions>
{
    /// <summary>Checks them.</summary>
    /// <param name="name">Not used.</param>
    /// <param name="options">The client's options.</param>
    public ValidateOptionsResult Validate(string? name, QLearningClientOptions options) =>
        ClusterTlsRules.Problem(options.Security, ClusterIdentity.ForClient) is { } problem
            ? ValidateOptionsResult.Fail(problem)
            : ValidateOptionsResult.Success;
}
