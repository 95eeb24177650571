using System.Buffers.Binary;
using System.Security.Cryptography;
using QLearning.Abstractions;
using QLearning.Learning.QTables;

namespace QLearning.Bench.Comparisons.QTables;

/// <summary>Q-tables as they come from the database: states by their hash, 5 actions each.</summary>
internal static class TableFill
{
    /// <summary>Makes a table.</summary>
    public static QTable Create(CoarseClock clock, int states)
    {
        var table = new QTable(clock, TimeSpan.FromDays(30));
        var expires = TimeProvider.System.GetUtcNow().AddDays(30);
        table.EnsureCapacity(states);
        for (var i = 0; i < states; i++)
        {
            var state = StateKey.Parse(NameOf(i));
            for (var action = 0; action < Workload.Actions; action++)
            {
                var key = Workload.Action(action);
                table.Load(new StoredQValue((i * Workload.Actions) + action + 1L, state, key.Key, key.Json, (i + action) % 97, 1,
                    0.5, 0.5, expires));
            }
        }

        return table;
    }

    /// <summary>The hash of a state, as SQL and Redis have it.</summary>
    public static string NameOf(int state)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(number, state);
        SHA256.HashData(number, hash);
        return Convert.ToHexStringLower(hash);
    }
}
