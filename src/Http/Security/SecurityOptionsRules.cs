using Microsoft.Extensions.Options;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Refuses to start a server that others reach without authentication or TLS, and says which option to set.</summary>
/// <param name="place">Where it listens.</param>
internal sealed class SecurityOptionsRules(ListeningPlace place) : IValidateOptions<SecurityOptions>
{
    private const string Section = "QLearning:Security";

    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var problems = new List<string>();
        if (!place.IsLoopback && options.Authentication == AuthenticationMode.Off)
        {
            problems.Add(
                $"HTTP would be answered on {place.Address} without authentication. Set {Section}:Authentication to Required, or listen on "
                + "127.0.0.1.");
        }

        if (!place.IsLoopback && options is { BehindProxy: false, CertificateFile: null })
        {
            problems.Add(
                $"HTTP would be answered on {place.Address} without TLS. Set {Section}:CertificateFile (and CertificateKeyFile) to a "
                + $"certificate, or, when a proxy before it has TLS, {Section}:BehindProxy to true (--behind-proxy); or listen on "
                + "127.0.0.1.");
        }

        if (options is { CertificateFile: null, CertificateKeyFile: not null })
        {
            problems.Add($"{Section}:CertificateKeyFile is set without {Section}:CertificateFile. Set both.");
        }

        if ((options.JwtIssuer is null) != (options.JwtAudience is null) || options is { JwtIssuer: null, JwtKeyFile: not null })
        {
            problems.Add($"{Section}:JwtIssuer and {Section}:JwtAudience belong together. Set both, or none and no JwtKeyFile.");
        }

        try
        {
            _ = TlsCertificate.Read(options);
            _ = JwtTokens.ReadKey(options);
        }
        catch (InvalidInputException error)
        {
            problems.Add(error.Message);
        }

        problems.AddRange(options.AllowedHosts.Where(host => !IsHost(host)).Select(host =>
            $"{Section}:AllowedHosts has '{host}'. Allowed: a name without scheme and port, such as qlearning.example.com."));
        problems.AddRange(options.AllowedOrigins.Where(origin => !IsOrigin(origin)).Select(origin =>
            $"{Section}:AllowedOrigins has '{origin}'. Allowed: scheme and host, such as https://dashboard.example.com."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static bool IsHost(string host) =>
        Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown;

    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        && string.Equals(address.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase);
}
