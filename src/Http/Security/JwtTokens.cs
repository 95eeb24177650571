using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Tokens (JWT) of an issuer that the options name, beside keys.</summary>
internal static class JwtTokens
{
    public const string Scheme = "Jwt";

    private const string Subject = "sub";

    // Signatures that only the issuer can make: with a shared secret, whoever can check could also sign.
    private static readonly string[] _algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Configure(JwtBearerOptions bearer, SecurityOptions security)
    {
        var key = ReadKey(security);
        bearer.MapInboundClaims = false;
        bearer.Authority = security.JwtIssuer is null || key is not null ? null : security.JwtIssuer;
        bearer.Audience = security.JwtAudience;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = security.JwtIssuer,
            ValidAudience = security.JwtAudience,
            IssuerSigningKey = key,
            ValidAlgorithms = _algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            NameClaimType = Subject,
        };
    }

    /// <summary>The key of the file; null: there is none.</summary>
    /// <exception cref="InvalidInputException">It cannot be read, or has no such key.</exception>
    public static SecurityKey? ReadKey(SecurityOptions security)
    {
        if (security.JwtKeyFile is not { } file)
        {
            return null;
        }

        try
        {
            var text = File.ReadAllText(file);
            try
            {
                var curve = ECDsa.Create();
                curve.ImportFromPem(text);
                return new ECDsaSecurityKey(curve);
            }
            catch (CryptographicException)
            {
                var rsa = RSA.Create();
                rsa.ImportFromPem(text);
                return new RsaSecurityKey(rsa);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw InvalidInputException.For(
                "key file of tokens", file, $"it cannot be used ({error.Message.TrimEnd('.')})", "PEM of a public key (ECDSA or RSA)");
        }
    }

    /// <summary>Who calls with a token that has been validated; null: it has no subject.</summary>
    public static ClaimsPrincipal? CallerOf(ClaimsPrincipal bearer, SecurityOptions security)
    {
        if (bearer.FindFirst(Subject)?.Value is not { Length: > 0 } subject)
        {
            return null;
        }

        var scopes = bearer.FindAll(security.JwtScopeClaim).SelectMany(claim => claim.Value.Split(' '));
        return new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, NameOf(subject)),
                .. Enum.GetValues<ApiScope>().Select(CallerAccess.NameOf).Intersect(scopes)
                    .Select(scope => new Claim(CallerAccess.Scope, scope)),
                .. bearer.FindAll(CallerAccess.AgentType).Select(claim => new Claim(CallerAccess.AgentType, claim.Value)),
            ],
            Scheme));
    }

    // Idempotency keys are told apart by it, so it must not be too long for that.
    private static string NameOf(string subject)
    {
        var name = $"token {subject}";
        return name.Length <= QLimits.MaxScopeCharacters
            ? name
            : $"token {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))}";
    }
}
