using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using QLearning.Client.Connection;

namespace QLearning.Grains.Tests.Connection;

/// <summary>A client that knows no silo at the moment, since the last one went, makes references to grains all the same.</summary>
[Collection(SharedSilo.Name)]
public sealed class KnownGrainsTests(SiloFixture silo)
{
    [Fact]
    public async Task An_agent_type_an_agent_a_library_and_a_session_are_named_while_no_silo_is_known()
    {
        var type = (await silo.AddAgentTypeAsync()).Name;
        var grains = DispatchProxy.Create<IClusterClient, Forgetful>();
        var known = (Forgetful)grains;
        known.Inner = silo.Services.GetRequiredService<IClusterClient>();
        using var client = Clients.Over(grains);
        known.HasSilos = false;

        await client.AgentType(type).LearnAsync(Given.Last("s", "a", 1), WriteMode.Durable);
        var agent = client.Agent(type, "a1");
        await agent.SelectActionAsync(State.FromKey("s"), [AgentAction.Named("a")]);
        Assert.Equal(1, (await agent.ObserveAsync(1, State.FromKey("t"), done: true)).Ended!.Steps);
        Assert.Empty(await client.Patterns(type).SearchAsync(new PatternQuery()));
        Assert.Empty(await client.Sessions.ListActiveAsync(type));
        await Assert.ThrowsAsync<UnknownSessionException>(() => client.Sessions.GetAsync(Guid.NewGuid()));
    }

    [Fact]
    public void The_names_of_the_grains_that_every_silo_has_are_those_that_silos_give_them()
    {
        var silos = silo.Services.GetRequiredService<IClusterClient>();
        var grains = DispatchProxy.Create<IClusterClient, Forgetful>();
        ((Forgetful)grains).Inner = silos;
        ((Forgetful)grains).HasSilos = false;
        foreach (var factory in (IGrainFactory[])[silos, grains])
        {
            GrainReference[] references =
            [
                (GrainReference)factory.GetKnown<IAgentTypeGrain>("k"), (GrainReference)factory.GetKnown<IAgentGrain>("k"),
                (GrainReference)factory.GetKnown<IPatternLibraryGrain>("k"), (GrainReference)factory.GetKnown<IHistoryGrain>(0),
                (GrainReference)factory.GetKnown<ISessionGrain>(Guid.Empty),
                (GrainReference)factory.GetKnown<IRegistryGrain>(IRegistryGrain.Key),
                (GrainReference)factory.GetKnown<IMaintenanceGrain>(IMaintenanceGrain.Key),
            ];
            Assert.Equal(
                ["agenttype", "agent", "patternlibrary", "history", "session", "registry", "maintenance"],
                references.Select(reference => reference.GrainId.Type.ToString()));
        }
    }

    [Fact]
    public void A_grain_that_no_silo_was_ever_known_to_have_is_told_as_no_silo()
    {
        var grains = DispatchProxy.Create<IClusterClient, Forgetful>();
        ((Forgetful)grains).HasSilos = false;
        var error = Assert.Throws<ClusterUnavailableException>(() => grains.GetKnown<INeverKnownGrain>(7));
        Assert.Contains(nameof(INeverKnownGrain), error.Message, StringComparison.Ordinal);
    }

    public interface INeverKnownGrain : IGrainWithIntegerKey;

    /// <summary>Passes calls on; while it knows no silo it finds no class of any interface, as Orleans' client does.</summary>
    public class Forgetful : DispatchProxy
    {
        public IGrainFactory? Inner { get; set; }

        public bool HasSilos { get; set; } = true;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            !HasSilos && targetMethod!.GetParameters()[0].ParameterType != typeof(GrainId)
                ? throw new ArgumentException($"Could not find an implementation for interface {args![0]}")
                : targetMethod!.Invoke(Inner, args);
    }
}
