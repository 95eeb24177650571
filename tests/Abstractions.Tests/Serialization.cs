using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace QLearning.Abstractions.Tests;

/// <summary>Orleans' serializer as silos and clients set it up.</summary>
internal static class Serialization
{
    private static readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public static Serializer Serializer { get; } = _services.GetRequiredService<Serializer>();

    public static T RoundTrip<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;

    public static T Copy<T>(T value) => _services.GetRequiredService<DeepCopier<T>>().Copy(value)!;
}
