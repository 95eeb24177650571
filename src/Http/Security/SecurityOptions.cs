using System.ComponentModel.DataAnnotations;

namespace QLearning.Http.Security;

/// <summary>Whether callers must say who they are.</summary>
public enum AuthenticationMode
{
    /// <summary>As <see cref="Off"/> in the embedded default on a loopback address, everywhere else as <see cref="Required"/>.</summary>
    Automatic = 0,

    /// <summary>Every request of the API needs a key or a token.</summary>
    Required = 1,

    /// <summary>Whoever reaches the port may do all. Allowed on a loopback address only.</summary>
    Off = 2,
}

/// <summary>Who may call over HTTP, and how. Configuration section <c>QLearning:Security</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>Whether callers must say who they are. Default: everywhere but in the embedded default on a loopback address.</summary>
    [EnumDataType(typeof(AuthenticationMode))]
    public AuthenticationMode Authentication { get; set; }

    /// <summary>
    /// Whether a proxy before this server has TLS, so that it may listen without a certificate on an address that others reach.
    /// Default: false.
    /// </summary>
    public bool BehindProxy { get; set; }

    /// <summary>The file of the certificate for TLS with its chain, PEM; null: no TLS. Read at the start. Default: null.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The file of the certificate's private key, PEM, not encrypted; null: it is in <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>
    /// The names by which callers reach the server, as they stand in <c>Host</c>, such as <c>qlearning.example.com</c>;
    /// <c>*.example.com</c> for all below one. <c>localhost</c> and IP addresses are always allowed. Default: none.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// The origins of web pages that may call, such as <c>https://dashboard.example.com</c>; pages of the server itself always may.
    /// Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Who issues the tokens (JWT) that are taken beside keys, as their <c>iss</c> says it; null: none are. Default: null.
    /// </summary>
    public string? JwtIssuer { get; set; }

    /// <summary>For whom tokens must be, as their <c>aud</c> says it; needed with <see cref="JwtIssuer"/>.</summary>
    public string? JwtAudience { get; set; }

    /// <summary>
    /// The file of the public key that tokens are signed with, PEM; null: the issuer publishes its keys (OpenID Connect discovery at
    /// <see cref="JwtIssuer"/>, over HTTPS).
    /// </summary>
    public string? JwtKeyFile { get; set; }

    /// <summary>
    /// The claim that has a token's scopes, one or several in a text with spaces between. Default: <c>scope</c>. The claim
    /// <c>agent_type</c> limits a token to agent types, and <c>sub</c> is its name.
    /// </summary>
    [Required]
    public string JwtScopeClaim { get; set; } = "scope";

    /// <summary>The most requests of one key (or, without keys, of one address) in a second; 0: no limit. Default: 0.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }
}
