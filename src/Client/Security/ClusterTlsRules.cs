using Microsoft.Extensions.Options;
using QLearning.Abstractions;

namespace QLearning.Client.Security;

/// <summary>Refuses certificates that others of the cluster would refuse, and says which option to set.</summary>
internal sealed class ClusterTlsRules : IValidateOptions<ClusterTlsOptions>
{
    /// <summary>Where the options are.</summary>
    public const string Section = "QLearning:Security";

    /// <summary>What is wrong with options; null: nothing.</summary>
    /// <param name="options">The options.</param>
    /// <param name="uses">What the certificate must be allowed for.</param>
    public static string? Problem(ClusterTlsOptions options, params string[] uses)
    {
        if (options is { ClusterCertificateFile: null, ClusterAuthorityFile: null, ClusterCertificateKeyFile: null })
        {
            return null;
        }

        if (options.ClusterCertificateFile is null || options.ClusterAuthorityFile is null)
        {
            return $"{Section}:ClusterCertificateFile and {Section}:ClusterAuthorityFile belong together. Set both, or none and no "
                + "ClusterCertificateKeyFile.";
        }

        try
        {
            var identity = ClusterIdentity.Read(options)!;
            return uses.Select(use => identity.Complaint(identity.Certificate, identity.Intermediates, use))
                .FirstOrDefault(complaint => complaint is not null) is { } complaint
                ? $"The certificate in {Section}:ClusterCertificateFile ({options.ClusterCertificateFile}) would be refused by others of "
                    + $"the cluster: {complaint}. Expected: one signed by the authority in {Section}:ClusterAuthorityFile "
                    + $"({options.ClusterAuthorityFile}), for client and, on a silo, server authentication."
                : null;
        }
        catch (InvalidInputException error)
        {
            return error.Message;
        }
    }

    /// <summary>Checks a silo's, which both connects and accepts.</summary>
    /// <param name="name">Not used.</param>
    /// <param name="options">The options.</param>
    public ValidateOptionsResult Validate(string? name, ClusterTlsOptions options) =>
        Problem(options, ClusterIdentity.ForServer, ClusterIdentity.ForClient) is { } problem
            ? ValidateOptionsResult.Fail(problem)
            : ValidateOptionsResult.Success;
}
