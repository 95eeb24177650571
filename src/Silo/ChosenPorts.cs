namespace QLearning.Silo;

/// <summary>
/// Ports that were chosen, in the order in which they were wanted. Those that were free stay marked until this is disposed.
/// </summary>
/// <param name="Ports">The ports.</param>
/// <param name="Marks">The marks of those that were free.</param>
internal sealed record ChosenPorts(int[] Ports, IReadOnlyList<PortMark> Marks) : IDisposable
{
    public int this[int i] => Ports[i];

    public void Dispose()
    {
        foreach (var mark in Marks)
        {
            mark.Dispose();
        }
    }
}
