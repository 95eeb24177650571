using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace QLearning.Deploy.Tests.Telemetry;

/// <summary>Takes what is sent over OTLP, by gRPC or as protobuf over HTTP, and keeps each signal's messages.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private const string Grpc = "application/grpc";

    // A message of no bytes, behind its flag and its length.
    private static readonly byte[] _emptyMessage = new byte[5];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _messages = new();
    private readonly WebApplication _web;

    private OtlpCollector(bool isGrpc)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(
            IPAddress.Loopback, 0, listening => listening.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _web = builder.Build();
        _web.Run(TakeAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts one.</summary>
    public static async Task<OtlpCollector> StartAsync(bool isGrpc)
    {
        var collector = new OtlpCollector(isGrpc);
        await collector._web.StartAsync();
        return collector;
    }

    /// <summary>Whether a message of a signal has a text: names are in protobuf as they are.</summary>
    /// <param name="path">A part of where the signal goes to.</param>
    /// <param name="text">The text.</param>
    public bool Has(string path, string text) => _messages
        .Where(messages => messages.Key.Contains(path, StringComparison.OrdinalIgnoreCase))
        .SelectMany(messages => messages.Value)
        .Any(message => message.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _messages.GetOrAdd(context.Request.Path, _ => []).Enqueue(body.ToArray());
        if (context.Request.ContentType != Grpc)
        {
            return;
        }

        context.Response.ContentType = Grpc;
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(_emptyMessage);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
