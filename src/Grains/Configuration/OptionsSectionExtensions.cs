using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using QLearning.Client.Configuration;

namespace QLearning.Grains.Configuration;

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
