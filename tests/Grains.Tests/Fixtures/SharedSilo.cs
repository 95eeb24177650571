namespace QLearning.Grains.Tests.Fixtures;

/// <summary>One silo for all tests that each have an agent type of their own and leave the silo and its database as they are.</summary>
[CollectionDefinition(Name)]
public sealed class SharedSilo : ICollectionFixture<SiloFixture>
{
    public const string Name = "shared silo";
}
