using Microsoft.Extensions.DependencyInjection;
using QLearning.Client.Configuration;
using QLearning.Grains;
using QLearning.Silo;
using QLearning.Silo.Health;

namespace QLearning.Deploy.Tests.Compose;

/// <summary>The environment variables that a silo reads.</summary>
internal static class BoundNames
{
    // Npgsql reads it.
    private static readonly string[] _others = ["ConnectionStrings__QLearning", "PGPASSWORD", "PGSSLROOTCERT", "DOTNET_EnableDiagnostics"];

    /// <summary>Those of a silo: the connection string, and each property of each options class that is bound.</summary>
    public static HashSet<string> OfSilo { get; } = [.. _others, .. Sections().SelectMany(Names)];

    private static IEnumerable<OptionsSection> Sections()
    {
        var services = new ServiceCollection();
        services.AddQLearningGrains();
        SiloHealth.Add(services);
        return services.Select(service => service.ImplementationInstance).OfType<OptionsSection>()
            .Append(new OptionsSection("Silo", typeof(SiloSettings)));
    }

    private static IEnumerable<string> Names(OptionsSection section) =>
        section.Options.GetProperties().Select(property => $"{OptionsSection.Root}__{section.Name}__{property.Name}");
}
