using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using QLearning.Http.Problems;

namespace QLearning.Http.Security;

/// <summary>How many requests a caller may make: so many a second, saved up for a second.</summary>
internal static class RateLimits
{
    public static void Configure(RateLimiterOptions limits, SecurityOptions security)
    {
        if (security.RequestsPerSecond > 0)
        {
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
                context => PartitionOf(context, security.RequestsPerSecond));
        }

        limits.OnRejected = static (rejected, _) =>
        {
            var pause = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var told) ? told : TimeSpan.FromSeconds(1);
            var problem = new Problem(
                ProblemTypes.TooManyRequests,
                "The caller has made as many requests as he may in a second. Allowed: what QLearning:Security:RequestsPerSecond says.");
            return new ValueTask((problem with { RetryAfter = pause }).WriteAsync(rejected.HttpContext));
        };
    }

    private static RateLimitPartition<string> PartitionOf(HttpContext context, int requestsPerSecond)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return RateLimitPartition.GetNoLimiter(string.Empty);
        }

        // Names and addresses never meet: a name that looks like an address is still a name.
        var caller = context.User.Identity is { IsAuthenticated: true, Name: { } name }
            ? $"name {name}"
            : $"address {context.Connection.RemoteIpAddress}";
        return RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = requestsPerSecond,
            TokensPerPeriod = requestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }
}
