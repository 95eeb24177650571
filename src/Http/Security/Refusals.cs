using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using QLearning.Http.Problems;

namespace QLearning.Http.Security;

/// <summary>Says why a caller is refused, as a problem document.</summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (authorizeResult.Challenged)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new RequestException(
                ProblemTypes.Unauthenticated,
                "The request has no valid key: there is none, or it is not known, revoked or expired. Allowed: the header "
                + "'Authorization: Bearer qlk_…' with a key of 'qlearn keys add'.");
        }

        throw context.GetEndpoint()?.Metadata.GetMetadata<ApiScopeMetadata>() is { } needed && !context.User.Has(needed.Scope)
            ? new RequestException(
                ProblemTypes.WrongScope,
                $"The key lacks the scope '{CallerAccess.NameOf(needed.Scope)}', which this request needs. It has: "
                + $"{string.Join(", ", context.User.FindAll(CallerAccess.Scope).Select(claim => claim.Value))}.")
            : CallerAccess.WrongAgentType(context.User);
    }
}
