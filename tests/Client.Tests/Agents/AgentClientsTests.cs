using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using QLearning.Client.Agents;

namespace QLearning.Client.Tests.Agents;

/// <summary>Agents that nobody uses any more do not stay in a client's memory, also when their episodes never ended.</summary>
public sealed class AgentClientsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly AgentClients _agents;

    public AgentClientsTests() => _agents = new AgentClients(_time);

    [Theory]
    [InlineData(23, true)]
    [InlineData(25, false)]
    public void An_episode_that_does_not_go_on_is_forgotten_after_a_day(int hours, bool isKept)
    {
        var first = Begin(0);
        for (var i = 1; i < 999; i++)
        {
            Begin(i);
        }

        _time.Advance(TimeSpan.FromHours(hours));
        GetOrAdd(1_000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(isKept, first.TryGetTarget(out _));
    }

    // In methods of their own: no variable of the test may hold a client.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference<AgentClient> Begin(int agent)
    {
        var client = GetOrAdd(agent);
        client.BeginEpisode();
        return new WeakReference<AgentClient>(client);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AgentClient GetOrAdd(int agent) => _agents.GetOrAdd(
        AgentKey.For("t", $"a{agent}"),
        key => new AgentClient(
            key,
            DispatchProxy.Create<IGrainFactory, NoGrains>(),
            null!,
            () => throw new NotSupportedException(),
            _agents.Keep,
            _time));

    /// <summary>Grains that are not called.</summary>
    public class NoGrains : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
    }
}
