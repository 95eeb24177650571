using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace QLearning.Http.Security;

/// <summary>Who may call: everything that stands before the routes. What no route speaks about needs a caller with a scope.</summary>
internal static class HttpSecurity
{
    public static void Add(IServiceCollection services)
    {
        services.AddOptions<SecurityOptions>()
            .Configure<IConfiguration>((options, configuration) =>
                configuration.GetSection($"QLearning:{QLearningHttpExtensions.SecuritySection}").Bind(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsRules>();
        services.TryAddSingleton(new ListeningPlace(null, IsEmbedded: false));
        services.TryAddSingleton<KnownApiKeys>();
        services.AddAuthentication(CallerHandler.Name)
            .AddScheme<AuthenticationSchemeOptions, CallerHandler>(CallerHandler.Name, null)
            .AddJwtBearer(JwtTokens.Scheme, static _ => { });
        services.AddOptions<JwtBearerOptions>(JwtTokens.Scheme).Configure<IOptions<SecurityOptions>>((bearer, security) =>
            JwtTokens.Configure(bearer, security.Value));
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireClaim(CallerAccess.Scope).Build());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<SecurityOptions>>((cors, security) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. security.Value.AllowedOrigins]).AllowAnyMethod()
            // The last three come with each request of an MCP client.
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
            .WithExposedHeaders("Retry-After", "Idempotency-Replayed")));
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<SecurityOptions>>((limits, security) =>
            RateLimits.Configure(limits, security.Value));
    }

    /// <summary>What stands before problems are told: it sees every answer.</summary>
    public static void UseOutside(WebApplication application) => application.UseMiddleware<SecurityHeaders>();

    /// <summary>What stands between the choice of a route and its handler.</summary>
    public static void UseInside(WebApplication application)
    {
        application.UseMiddleware<AuditTrail>();
        application.UseCors();
        application.UseAuthentication();
        application.UseRateLimiter();
        application.UseAuthorization();
    }
}
