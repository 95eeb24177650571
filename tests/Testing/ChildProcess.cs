using System.Diagnostics;

namespace QLearning.Testing;

/// <summary>A process that does not outlive its user: disposing of it kills it with all that it started, if it still runs.</summary>
public sealed class ChildProcess : Process
{
    /// <summary>Starts it.</summary>
    /// <param name="start">How.</param>
    public ChildProcess(ProcessStartInfo start)
    {
        StartInfo = start;
        Start();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !HasExited)
        {
            Kill(entireProcessTree: true);
            WaitForExit();
        }

        base.Dispose(disposing);
    }
}
