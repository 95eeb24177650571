using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using QLearning.Abstractions.Input;
using QLearning.Grains.Configuration;

namespace QLearning.Silo.Configuration;

/// <summary>
/// Warns of names under <c>QLearning</c> that nothing reads, so that a typing error is not a setting that silently has its default.
/// </summary>
internal sealed class ConfigurationNames(
    IConfiguration configuration, IEnumerable<OptionsSection> sections, ILogger<ConfigurationNames> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    // Bound by a client in the same configuration.
    private const string Client = "Client";

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ConfigurationNames),
        ServiceLifecycleStage.First,
        _ =>
        {
            Check();
            return Task.CompletedTask;
        });

    internal void Check()
    {
        var known = sections.ToLookup(section => section.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var given in configuration.GetSection(OptionsSection.Root).GetChildren())
        {
            if (known.Contains(given.Key))
            {
                string[] names =
                    [.. known[given.Key].SelectMany(section => section.Options.GetProperties()).Select(property => property.Name)];
                foreach (var value in given.GetChildren())
                {
                    Check(value, names);
                }
            }
            else
            {
                Check(given, [.. known.Select(section => section.Key), Client]);
            }
        }
    }

    private void Check(IConfigurationSection given, string[] names)
    {
        if (names.Contains(given.Key, StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        var nearest = NearestName.Of(given.Key, names);
        logger.UnknownName(
            given.Path, nearest is null ? $"Known: {string.Join(", ", names.Order(StringComparer.Ordinal))}" : $"Did you mean {nearest}?");
    }
}
