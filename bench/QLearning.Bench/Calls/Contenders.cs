using System.Globalization;
using Npgsql;
using QLearning.Abstractions;
using QLearning.Client;

namespace QLearning.Bench.Calls;

/// <summary>The jobs, each by the cluster and by SQL: 1,000 states with 5 actions.</summary>
internal static class Contenders
{
    /// <summary>The way of the SQL functions, row by row.</summary>
    public const string Sql = "SQL";

    private const string AgentType = "test-generator";
    private const int States = 1000;
    private const int Actions = 5;
    private const int Many = 100;

    private const string BestAction = "select * from get_best_action($1, $2)";
    private const string Upsert = "select upsert_q_value($1, $2, '1', $3, '1', $4)";

    private static readonly StateKey[] _keys = [.. Enumerable.Range(0, States).Select(i => StateKey.Parse(StateName(i)))];

    /// <summary>Makes them; the Q-values are there and hot when this returns.</summary>
    public static async Task<IReadOnlyList<Contender>> CreateAsync(
        QLearningClient resending, QLearningClient plain, NpgsqlDataSource sql, CancellationToken cancellationToken)
    {
        var (type, plainType) = (resending.AgentType(AgentType), plain.AgentType(AgentType));
        for (var state = 0; state < States; state += Many)
        {
            var values = from i in Enumerable.Range(state, Many)
                         from action in Enumerable.Range(0, Actions)
                         select new QValueUpsert(State.FromKey(StateName(i)), Action(action), action);
            await type.UpsertAsync(values, WriteMode.Durable, cancellationToken);
        }

        return
        [
            new("best action", "client", random => type.GetBestActionAsync(_keys[random.Next(States)], CancellationToken.None)),
            new("best action", Sql, random => AskSqlAsync(sql, random)),
            new("best action, 100 a call", "client", random => type.GetBestActionsAsync(
                Enumerable.Range(0, Many).Select(_ => _keys[random.Next(States)]), CancellationToken.None)) { Items = Many },
            new("learn, write-behind", "client", random => type.LearnAsync(Step(random), WriteMode.WriteBehind, CancellationToken.None)),
            new("learn, write-behind", "client without resending", random =>
                plainType.LearnAsync(Step(random), WriteMode.WriteBehind, CancellationToken.None)),
            new("learn, write-behind", Sql, random => UpsertSqlAsync(sql, random)),
            new("learn, write-behind, 100 a call", "client", random => type.LearnAsync(
                Enumerable.Range(0, Many).Select(_ => Step(random)), WriteMode.WriteBehind, CancellationToken.None)) { Items = Many },
            new("learn, durable", "client", random => type.LearnAsync(Step(random), WriteMode.Durable, CancellationToken.None)),
            new("learn, durable", Sql, random => UpsertSqlAsync(sql, random)),
        ];
    }

    private static async Task AskSqlAsync(NpgsqlDataSource sql, Random random)
    {
        await using var command = sql.CreateCommand(BestAction);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = AgentType });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StateName(random.Next(States)) });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
    }

    // A table of its own rows: what the grain holds must not be changed behind its back meanwhile.
    private static async Task UpsertSqlAsync(NpgsqlDataSource sql, Random random)
    {
        await using var command = sql.CreateCommand(Upsert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "coverage-analyzer" });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StateName(random.Next(States)) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = random.Next(Actions).ToString(CultureInfo.InvariantCulture) });
        command.Parameters.Add(new NpgsqlParameter<decimal> { TypedValue = (decimal)random.NextDouble() });
        await command.ExecuteScalarAsync();
    }

    private static Transition Step(Random random) => new()
    {
        State = State.FromKey(StateName(random.Next(States))),
        Action = Action(random.Next(Actions)),
        Reward = random.NextDouble(),
        NextState = State.FromKey(StateName(random.Next(States))),
    };

    private static AgentAction Action(int i) => AgentAction.Named(string.Create(CultureInfo.InvariantCulture, $"action {i}"));

    private static string StateName(int i) => string.Create(CultureInfo.InvariantCulture, $"state {i}");
}
