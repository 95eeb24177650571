using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QLearning.Grains.Configuration;

/// <summary>A section of the configuration under <c>QLearning</c> and the options that are bound to it.</summary>
/// <param name="Name">Its name, such as <c>WriteBehind</c>.</param>
/// <param name="Options">The options; each property is a name that the section may have.</param>
public sealed record OptionsSection(string Name, Type Options)
{
    /// <summary>Where all sections are.</summary>
    public const string Root = "QLearning";
}

/// <summary>Binds options to their section.</summary>
public static class OptionsSectionExtensions
{
    /// <summary>
    /// Binds options to <c>QLearning:{name}</c>, validated at start; names in the section that they do not have are warned of.
    /// </summary>
    /// <typeparam name="TOptions">The options.</typeparam>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">The section.</param>
    public static OptionsBuilder<TOptions> AddOptionsSection<TOptions>(this IServiceCollection services, string name)
        where TOptions : class
    {
        services.AddSingleton(new OptionsSection(name, typeof(TOptions)));
        return services.AddOptions<TOptions>()
            .BindConfiguration($"{OptionsSection.Root}:{name}")
            .ValidateDataAnnotations()
            .ValidateOnStart();
    }
}
