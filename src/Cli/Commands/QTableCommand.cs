using System.CommandLine;
using System.Globalization;
using QLearning.Abstractions;
using QLearning.Client;
using Spectre.Console;

namespace QLearning.Cli.Commands;

/// <summary><c>qlearn q</c>: the states of a Q-table, or the Q-values of one state.</summary>
internal static class QTableCommand
{
    private const int KeyWidth = 24;

    private static readonly Dictionary<string, StateOrder> _orders = new(StringComparer.Ordinal)
    {
        ["key"] = StateOrder.Key,
        ["best"] = StateOrder.BestValue,
        ["least-visited"] = StateOrder.LeastVisited,
    };

    public static Command Create(Output output)
    {
        var cluster = new ClusterOptions();
        var type = new Argument<string>("type") { Description = "The agent type." };
        var state = new Argument<string?>("state")
        {
            Description = "A state's key, or its JSON; without it states are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var prefix = new Option<string?>("--prefix") { Description = "Only states whose keys begin so.", HelpName = "text" };
        var order = new Option<string>("--order")
        {
            Description = "The order of states.",
            DefaultValueFactory = _ => "best",
        };
        order.AcceptOnlyFromAmong([.. _orders.Keys]);
        var limit = RunningCluster.Limit();
        var command = new Command("q", "Show what was learned: the states of an agent type, or the Q-values of one.")
        {
            type, state, prefix, order, limit, cluster.Json,
        };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = await RunningCluster.ConnectAsync(cluster, parsed, cancellationToken);
            var table = client.AgentType(parsed.GetRequiredValue(type));
            var isJson = parsed.GetValue(cluster.Json);
            if (parsed.GetValue(state) is { } typed)
            {
                var values = await table.GetQValuesAsync(RunningCluster.StateOf(typed), cancellationToken);
                PrintValues(values.Take(parsed.GetValue(limit)), output, isJson);
                return ExitCode.Success;
            }

            var wanted = new StateQuery
            {
                AgentType = parsed.GetRequiredValue(type),
                Prefix = parsed.GetValue(prefix),
                Order = _orders[parsed.GetRequiredValue(order)],
            };
            PrintStates(await ReadAsync(table, wanted, parsed.GetValue(limit), cancellationToken), output, isJson);
            return ExitCode.Success;
        });
        return command;
    }

    private static Task<List<StateSummary>> ReadAsync(
        AgentTypeClient table, StateQuery query, int limit, CancellationToken cancellationToken) =>
        RunningCluster.ReadAsync<StateSummary, StateCursor>(limit, async (rows, after) =>
        {
            var page = await table.GetStatesAsync(query with { Limit = rows, After = after }, cancellationToken);
            return (page.States, page.Next);
        });

    private static void PrintStates(List<StateSummary> states, Output output, bool isJson)
    {
        if (isJson)
        {
            output.WriteJson(states.Select(state => new
            {
                state = state.State.ToString(),
                stateJson = state.StateJson,
                actions = state.Actions,
                visits = state.Visits,
                bestAction = state.BestAction.ToString(),
                bestActionJson = state.BestActionJson,
                bestValue = state.BestValue,
            }));
            return;
        }

        var table = Tables.Create("state", ">actions", ">visits", "best action", ">Q-value");
        foreach (var state in states)
        {
            table.AddRow(
                Short(state.State.ToString()),
                Counted.Short(state.Actions),
                Counted.Short(state.Visits),
                Short(state.BestAction.ToString()),
                Number(state.BestValue));
        }

        output.Result.Write(table);
        output.WriteLine($"{Counted.Of(states.Count, "state")}");
    }

    private static void PrintValues(IEnumerable<QValue> values, Output output, bool isJson)
    {
        if (isJson)
        {
            output.WriteJson(values.Select(value => new
            {
                action = value.Action.ToString(),
                actionJson = value.ActionJson,
                value = value.Value,
                visits = value.VisitCount,
                confidence = value.Confidence,
                uncertainty = value.Uncertainty,
            }));
            return;
        }

        var table = Tables.Create("action", ">Q-value", ">visits", ">confidence");
        foreach (var value in values)
        {
            table.AddRow(Short(value.Action.ToString()), Number(value.Value), Counted.Short(value.VisitCount), Number(value.Confidence));
        }

        output.Result.Write(table);
        output.WriteLine(Counted.Of(table.Rows.Count, "action"));
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    // Hashes are known by their first characters; --json has all of them.
    private static string Short(string key) => Markup.Escape(key.Length <= KeyWidth ? key : $"{key[..(KeyWidth - 1)]}…");
}
