using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;

namespace QLearning.Http.Security;

/// <summary>Says who calls: the holder of the key or token in <c>Authorization</c>, or anyone where none is required.</summary>
internal sealed class CallerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KnownApiKeys keys,
    ListeningPlace place,
    IOptions<SecurityOptions> security)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Caller";

    private const string Bearer = "Bearer ";

    private static readonly AuthenticateResult _anyone = AuthenticateResult.Success(new AuthenticationTicket(CallerAccess.Anyone, Name));
    private static readonly AuthenticateResult _unknown = AuthenticateResult.Fail("The key is not known, or is revoked or expired.");
    private static readonly AuthenticateResult _noBearer = AuthenticateResult.Fail("The header is no 'Bearer' with a key.");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!place.Requires(security.Value))
        {
            return _anyone;
        }

        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (header is not [{ } text] || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return _noBearer;
        }

        var token = text[Bearer.Length..].Trim();
        if (!ApiKey.IsOne(token))
        {
            return security.Value.JwtIssuer is null ? _unknown : await AuthenticateTokenAsync();
        }

        var caller = await keys.FindAsync(token, Context.RequestAborted);
        return caller is null ? _unknown : AuthenticateResult.Success(new AuthenticationTicket(caller, Name));
    }

    private async Task<AuthenticateResult> AuthenticateTokenAsync()
    {
        var token = await Context.AuthenticateAsync(JwtTokens.Scheme);
        return token.Principal is { } bearer && JwtTokens.CallerOf(bearer, security.Value) is { } caller
            ? AuthenticateResult.Success(new AuthenticationTicket(caller, Name))
            : _unknown;
    }
}
