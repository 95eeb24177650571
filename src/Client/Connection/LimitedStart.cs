using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;

namespace QLearning.Client.Connection;

/// <summary>
/// Starts Orleans' client within <see cref="QLearningClientOptions.ConnectTimeout"/>. <see cref="ConnectionRetry"/> is asked when a
/// connection fails; when one is made and then nothing is answered by it, Orleans asks again for ever. That is so with a gateway that is
/// named by another address or port than its silo advertises: the silo takes the first question for one to another silo.
/// </summary>
/// <param name="client">Orleans' client.</param>
/// <param name="options">How long.</param>
/// <param name="advice">What may help when the time is over.</param>
/// <param name="time">The clock.</param>
internal sealed class LimitedStart(
    IHostedService client, IOptions<QLearningClientOptions> options, ConnectionAdvice advice, TimeProvider time) : IHostedService
{
    // Orleans' own for one connection.
    private static readonly TimeSpan _connectionTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Takes the place of the start that Orleans added, if it added one.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="before">What they were before Orleans' client was added.</param>
    public static void Take(IServiceCollection services, IReadOnlyCollection<ServiceDescriptor> before)
    {
        var added = services.LastOrDefault(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationFactory is not null && !before.Contains(service));
        if (added is not null)
        {
            services.Remove(added);
            services.AddSingleton<IHostedService>(provider => new LimitedStart(
                (IHostedService)added.ImplementationFactory!(provider),
                provider.GetRequiredService<IOptions<QLearningClientOptions>>(),
                provider.GetRequiredService<ConnectionAdvice>(),
                provider.GetRequiredService<TimeProvider>()));
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // A try that is under way when the time is over may end by itself, and says more.
        var limit = options.Value.ConnectTimeout + options.Value.ResponseTimeout + _connectionTimeout;
        using var late = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await client.StartAsync(both.Token).WaitAsync(both.Token);
        }
        catch (Exception error) when (
            error is not QLearningException && late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException(
                $"A gateway of cluster '{options.Value.ClusterId}' was reached, but no silo answered within {limit.TotalSeconds:0.#} s. "
                + (advice.OfRefusal
                    ?? "Allowed: gateways by the address and the port that their silos advertise, which a port mapping must not change. "
                        + advice.Text),
                error);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => client.StopAsync(cancellationToken);
}
