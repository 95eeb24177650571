using System.Globalization;

namespace QLearning.Bench.Report;

/// <summary>Prints where a benchmark ran.</summary>
internal static class MachineLine
{
    public static void Print(Machine machine, TextWriter writer) => writer.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{machine.Processors} processors, {machine.MemoryGiB:0.0} GiB, {machine.System}, {machine.Runtime}, "
            + $"PostgreSQL {machine.Postgres}, fsync {(machine.Fsync ? "on" : "off")}"));
}
