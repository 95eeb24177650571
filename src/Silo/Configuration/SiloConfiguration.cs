using Microsoft.Extensions.Configuration;
using QLearning.Abstractions;

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
}
