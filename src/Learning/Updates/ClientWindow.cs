namespace QLearning.Learning.Updates;

/// <summary>One client's window at one moment, to be stored.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Floor">Every number up to it has taken effect or is settled.</param>
/// <param name="Above">The numbers above it that have taken effect.</param>
public readonly record struct ClientWindow(Guid ClientId, long Floor, long[] Above)
{
    internal static ClientWindow From(Guid client, SequenceWindow window) => new(client, window.Floor, [.. window.Above]);
}
