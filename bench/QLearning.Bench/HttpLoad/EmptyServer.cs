using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Client;
using QLearning.Http;
using QLearning.Http.Security;

namespace QLearning.Bench.HttpLoad;

/// <summary>
/// An endpoint of the same web server that reads its body, answers, and does nothing: by itself it is the limit of HTTP here; behind
/// everything that stands before the routes of the API it shows what that costs, with and without a key.
/// </summary>
internal sealed class EmptyServer : IAsyncDisposable
{
    private const string Path = "/";

    private readonly WebApplication _web;

    private EmptyServer(WebApplication web) => _web = web;

    public Uri Url => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts one with nothing before its endpoint.</summary>
    public static Task<EmptyServer> StartAsync(CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder.Services.AddRoutingCore();
        return StartAsync(builder.Build(), cancellationToken);
    }

    /// <summary>Starts one with everything before its endpoint that stands before the routes of the API.</summary>
    /// <param name="client">Finds out whose a key is.</param>
    /// <param name="authentication">Whether a key is required.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<EmptyServer> StartAsync(
        IQLearningClient client, AuthenticationMode authentication, CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection(
            [new($"QLearning:{QLearningHttpExtensions.SecuritySection}:{nameof(SecurityOptions.Authentication)}", $"{authentication}")]);
        builder.Services.AddSingleton(client).AddSingleton(new ListeningPlace(IPAddress.Loopback, IsEmbedded: false));
        builder.Services.AddRouting().AddQLearningHttp();
        var web = builder.Build();
        web.UseQLearningHttp();
        return StartAsync(web, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        return builder;
    }

    private static async Task<EmptyServer> StartAsync(WebApplication web, CancellationToken cancellationToken)
    {
        web.MapPost(Path, AnswerAsync);
        await web.StartAsync(cancellationToken);
        return new EmptyServer(web);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        while (await context.Request.BodyReader.ReadAsync(context.RequestAborted) is var read)
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await context.Response.WriteAsJsonAsync(new Answer(true), context.RequestAborted);
    }

    private sealed record Answer(bool Ok);
}
