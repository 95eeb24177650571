using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Abstractions;
using QLearning.Client;
using QLearning.Client.Configuration;
using QLearning.Client.Security;
using QLearning.Http;
using QLearning.Http.Security;

namespace QLearning.Silo.Configuration;

/// <summary>Where a silo's configuration comes from: <c>appsettings.json</c> in the working folder, then environment variables.</summary>
public static class SiloConfiguration
{
    /// <summary>
    /// The settings that the configuration has, in the section <c>QLearning:Silo</c> and as the connection string <c>QLearning</c>.
    /// </summary>
    /// <exception cref="InvalidInputException">The file or a value cannot be read.</exception>
    public static SiloSettings ReadSettings()
    {
        var configuration = new ConfigurationManager();
        AddTo(configuration);
        var settings = new SiloSettings();
        Read(() => configuration.GetSection("QLearning:Silo").Bind(settings));
        if (configuration.GetConnectionString("QLearning") is { Length: > 0 } connectionString)
        {
            settings.ConnectionString = connectionString;
        }

        return settings;
    }

    /// <summary>Gives a client the certificates that a silo with the same configuration has (<c>QLearning:Security</c>).</summary>
    /// <param name="options">The client's options.</param>
    /// <exception cref="InvalidInputException">The file or a value cannot be read.</exception>
    public static void Secure(QLearningClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var configuration = new ConfigurationManager();
        AddTo(configuration);
        configuration.GetSection(ClusterTlsRules.Section).Bind(options.Security);
    }

    /// <summary>
    /// Lets a client find and trust the silos of the same configuration: the names of their cluster and service, which
    /// <c>QLearning:Client</c> may have for itself and else are those of <c>QLearning:Silo</c>, and the certificates.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <exception cref="InvalidInputException">The file or a value cannot be read.</exception>
    public static void FindCluster(QLearningClientOptions options)
    {
        Secure(options);
        NameCluster(options);
    }

    /// <summary>
    /// Lets a client that has read the configuration, and so its certificates, find the cluster of a database by the names of
    /// <see cref="FindCluster"/>.
    /// </summary>
    /// <param name="options">The client's options.</param>
    /// <param name="connectionString">The database.</param>
    /// <param name="ignoresGateways">Whether it goes before the gateways of the configuration.</param>
    internal static void FindClusterOf(QLearningClientOptions options, string connectionString, bool ignoresGateways)
    {
        NameCluster(options);
        options.ConnectionString = connectionString;
        if (ignoresGateways)
        {
            options.Gateways.Clear();
        }
    }

    /// <summary>The sections that a process which answers HTTP reads.</summary>
    internal static void AddSectionsOfHttp(IServiceCollection services)
    {
        services.AddSingleton(new OptionsSection(QLearningHttpExtensions.Section, typeof(HttpApiOptions)));
        services.AddSingleton(new OptionsSection(QLearningHttpExtensions.SecuritySection, typeof(SecurityOptions)));
        services.AddSingleton(new OptionsSection(QLearningHttpExtensions.SecuritySection, typeof(ClusterTlsOptions)));
    }

    internal static void AddTo(IConfigurationManager configuration) => Read(() => configuration
        .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true, reloadOnChange: false)
        .AddEnvironmentVariables());

    /// <summary>Says an error of reading in the caller's words.</summary>
    internal static void Read(Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is InvalidDataException
            || (error is InvalidOperationException && error.InnerException is FormatException or ArgumentException or OverflowException))
        {
            throw new InvalidInputException(
                $"The configuration cannot be read. {error.Message} Allowed: a value of that type; a time is written as 00:00:00.100.",
                error);
        }
    }

    private static void NameCluster(QLearningClientOptions options)
    {
        var configuration = new ConfigurationManager();
        AddTo(configuration);
        var settings = ReadSettings();
        options.ClusterId = configuration["QLearning:Client:ClusterId"] ?? settings.ClusterId;
        options.ServiceId = configuration["QLearning:Client:ServiceId"] ?? settings.ServiceId;
    }
}
