using System.Text;

namespace QLearning.Cli;

/// <summary>
/// Writes to a terminal, and to nowhere once that is closed: whoever is told so by SIGHUP still has to flush and to stop, and the system
/// refuses each write to a terminal that is gone.
/// </summary>
internal sealed class TerminalWriter(TextWriter terminal) : TextWriter
{
    private volatile bool _isGone;

    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value) => UnlessGone(() => terminal.Write(value));

    public override void Write(char[] buffer, int index, int count) => UnlessGone(() => terminal.Write(buffer, index, count));

    public override void Write(string? value) => UnlessGone(() => terminal.Write(value));

    public override void WriteLine(string? value) => UnlessGone(() => terminal.WriteLine(value));

    public override void Flush() => UnlessGone(terminal.Flush);

    private void UnlessGone(Action write)
    {
        if (_isGone)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException)
        {
            _isGone = true;
        }
    }
}
