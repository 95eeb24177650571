using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions.Input;

namespace QLearning.Client.Configuration;

/// <summary>
/// Warns of names under <c>QLearning</c> that nothing reads, so that a typing error is not a setting that silently has its default. Before
/// anything starts: what has a wrong default may never be reached.
/// </summary>
internal sealed class ConfigurationNames(
    IServiceProvider services, IEnumerable<OptionsSection> sections, IEnumerable<AllSections> all, ILogger<ConfigurationNames> logger)
    : IHostedLifecycleService
{
    // Known also to a silo without a client.
    private const string Client = "Client";

    public static void AddTo(IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfigurationNames>());
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IConfiguration>() is { } configuration)
        {
            Check(configuration.GetSection(OptionsSection.Root));
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(IConfigurationSection root)
    {
        var known = sections.ToLookup(section => section.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var given in root.GetChildren())
        {
            if (known.Contains(given.Key))
            {
                Check(given, [.. known[given.Key].Select(section => section.Options)], known[given.Key].All(section => section.IsShared));
            }
            else
            {
                Warn(given, [.. known.Select(section => section.Key).Append(Client).Distinct()], isShared: !all.Any());
            }
        }
    }

    private void Check(IConfigurationSection section, Type[] options, bool isShared)
    {
        var properties = options.SelectMany(type => type.GetProperties()).ToLookup(one => one.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var given in section.GetChildren())
        {
            Type[] nested = [.. properties[given.Key].Select(property => property.PropertyType).Where(HasNames)];
            if (nested.Length > 0)
            {
                Check(given, nested, isShared);
            }

            Warn(given, [.. properties.Select(property => property.Key)], isShared);
        }
    }

    // Options within options; not a list, a text or a time.
    private static bool HasNames(Type type) =>
        type.IsClass && !type.IsArray && type.Namespace?.StartsWith("QLearning.", StringComparison.Ordinal) == true;

    private void Warn(IConfigurationSection given, string[] names, bool isShared)
    {
        if (names.Contains(given.Key, StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        var nearest = NearestName.Of(given.Key, names);
        if (nearest is not null || !isShared)
        {
            logger.UnknownName(
                given.Path,
                nearest is null ? $"Known: {string.Join(", ", names.Order(StringComparer.Ordinal))}" : $"Did you mean {nearest}?");
        }
    }
}
