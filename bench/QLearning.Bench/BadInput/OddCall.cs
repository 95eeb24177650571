using System.Reflection;
using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Client.Connection;

namespace QLearning.Bench.BadInput;

/// <summary>One call of one method of one grain with made-up arguments.</summary>
/// <param name="grain">The grain's interface.</param>
/// <param name="key">Its key.</param>
/// <param name="method">The method.</param>
/// <param name="arguments">The arguments.</param>
internal sealed class OddCall(Type grain, object key, MethodInfo method, object?[] arguments)
{
    private const int ShownCharacters = 2000;
    private const int MaxTries = 50;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private static readonly double[] _oddness = [0, 0.01, 0.05, 0.5];

    private static readonly Type[] _grains =
    [
        typeof(IAgentTypeGrain), typeof(IAgentGrain), typeof(ISessionGrain), typeof(IHistoryGrain), typeof(IPatternLibraryGrain),
        typeof(IRegistryGrain), typeof(IMaintenanceGrain), typeof(IRequestKeyGrain),
    ];

    private static readonly (Type Grain, MethodInfo Method)[] _methods =
        [.. from grain in _grains from method in grain.GetMethods() select (grain, method)];

    /// <summary>Makes up a call.</summary>
    public static OddCall Create(Random random)
    {
        var values = new OddValues(random, _oddness[random.Next(_oddness.Length)]);
        var (grain, method) = _methods[random.Next(_methods.Length)];
        object key = grain.IsAssignableTo(typeof(IGrainWithGuidKey)) ? values.Id()
            : grain.IsAssignableTo(typeof(IGrainWithIntegerKey)) ? (object)0L
            // Orleans itself refuses a key without a visible character, before anything is sent.
            : grain == typeof(IMaintenanceGrain) && random.Next(2) == 0 ? IMaintenanceGrain.Key
            : values.Key(isAgent: grain == typeof(IAgentGrain)) is { } text && !string.IsNullOrWhiteSpace(text) ? text : "?";
        return new OddCall(grain, key, method, [.. method.GetParameters().Select(one => values.Create(one.ParameterType, one.Name!))]);
    }

    /// <summary>
    /// How often Orleans turned it away before it came to a grain, as it does with messages that wait for one that ends again and again.
    /// </summary>
    public int TurnedAway { get; private set; }

    /// <summary>Makes the call; again when it was turned away, as the client does.</summary>
    /// <returns>The error it met, or null.</returns>
    public async Task<Exception?> SendAsync(IGrainFactory grains)
    {
        var error = await TryAsync(grains);
        for (var tries = 1; error is not null && ClusterCalls.IsTurnedAway(error) && tries < MaxTries; tries++)
        {
            TurnedAway++;
            await Task.Delay(_pause, TimeProvider.System);
            error = await TryAsync(grains);
        }

        return error;
    }

    private async Task<Exception?> TryAsync(IGrainFactory grains)
    {
        try
        {
            var target = key switch
            {
                Guid id => grains.GetGrain(grain, id),
                long number => grains.GetGrain(grain, number),
                _ => grains.GetGrain(grain, (string)key),
            };
            var answer = method.Invoke(target, arguments)!;
            await (answer is ValueTask plain ? plain.AsTask() : (Task)answer.GetType()
                .GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(answer, null)!);
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever it is, it is what a caller would meet: the one who counts decides whether that is allowed.
            return error is TargetInvocationException { InnerException: { } inner } ? inner : error;
        }
    }

    public override string ToString()
    {
        var text = $"{grain.Name}('{key}').{method.Name}({string.Join(", ", arguments.Select(Show))})";
        return text.Length <= ShownCharacters ? text : text[..ShownCharacters] + " …";
    }

    private static string Show(object? argument) => argument is null ? "null" : JsonSerializer.Serialize(argument, _shown);

    private static readonly JsonSerializerOptions _shown = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // What is computed from the others cannot always be: lists may be null.
        IgnoreReadOnlyProperties = true,
    };
}
