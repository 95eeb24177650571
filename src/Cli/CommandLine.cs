using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using QLearning.Abstractions;
using QLearning.Cli.Commands;

namespace QLearning.Cli;

/// <summary>The <c>qlearn</c> command: parses, runs one command, and turns errors into one line and an exit code.</summary>
internal static class CommandLine
{
    private const string DebugVariable = "QLEARNING_DEBUG";

    private const SocketError Taken = SocketError.AddressAlreadyInUse;
    private const SocketError NotYetThere = SocketError.AddressNotAvailable; // at boot

    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
    private static readonly char[] _lines = ['\r', '\n'];

    private const string Description =
        "Q-learning for fleets of agents: hot Q-tables in an Orleans cluster, durable in PostgreSQL. "
        + "(In a clone, './qlearn test' builds and runs all tests, './qlearn bench' the benchmarks.)";

    public static Task<int> RunAsync(string[] args, Output output) => RunAsync(Build(output), "qlearn", args, output);

    /// <summary>Runs a command of another program in the same way.</summary>
    /// <param name="root">All its commands.</param>
    /// <param name="name">What is typed to start it.</param>
    /// <param name="args">What was typed after it.</param>
    /// <param name="output">Where it writes.</param>
    public static async Task<int> RunAsync(RootCommand root, string name, string[] args, Output output)
    {
        FitHelp(root, output.Result.Profile.Width);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                // A list of what is allowed comes with a line for each.
                output.WriteProgress($"qlearn: {string.Join(' ', error.Message.Split(_lines, Trimmed))}");
            }

            output.WriteProgress($"qlearn: '{name} --help' lists commands and options.");
            return ExitCode.Usage;
        }

        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stopping));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stopping));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => HangUp(context, stopping));
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = output.Result.Profile.Out.Writer,
            Error = output.Progress.Profile.Out.Writer,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception error)
        {
            output.WriteProgress($"qlearn: {Explain(error)}");
            if (Environment.GetEnvironmentVariable(DebugVariable) is not null)
            {
                output.WriteProgress(error.ToString());
            }

            return CodeOf(error, parsed.CommandResult.Command);
        }
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Build(Output output) =>
        new(Description)
        {
            ServeCommand.Create(output),
            GatewayCommand.Create(output),
            McpCommand.Create(),
            HookCommand.Create(output),
            KeysCommand.Create(output),
            DemoCommand.Create(output),
            ReplayCommand.Create(output),
            RankCommand.Create(output),
            ReportCommand.Create(output),
            StatusCommand.Create(output),
            QTableCommand.Create(output),
            AgentsCommand.Create(output),
            ForgetCommand.Create(output),
            DeleteCommand.Create(output),
            DbCommand.Create(output),
            MaintenanceCommand.Create(output),
        };

    private static void FitHelp(RootCommand root, int width)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpAction { MaxWidth = width };
        }
    }

    // The first signal asks for a clean end; a second one is left to the system, which ends the process.
    private static void Stop(PosixSignalContext context, CancellationTokenSource stopping)
    {
        context.Cancel = !stopping.IsCancellationRequested;
        stopping.Cancel();
    }

    // A closed terminal sends it, its shell sends it once more, and no one is left who waits: it never ends a stop that has begun.
    private static void HangUp(PosixSignalContext context, CancellationTokenSource stopping)
    {
        context.Cancel = true;
        stopping.Cancel();
    }

    // A server has no input but its settings. Another start does not help one that has wrong ones, as systemd is told by the code; what the
    // machine refuses, such as a port that is taken or a full disk, may pass.
    private static int CodeOf(Exception error, Command command) => error switch
    {
        AggregateException { InnerExceptions: [var only] } => CodeOf(only, command),
        OptionsValidationException => ExitCode.Usage,
        InvalidInputException { InnerException: not (IOException or SocketException { SocketErrorCode: Taken or NotYetThere }) }
            when command.Name is ServeCommand.Name or GatewayCommand.Name => ExitCode.Usage,
        _ => ExitCode.Failure,
    };

    private static string Explain(Exception error) => error switch
    {
        QLearningException => error.Message,
        OptionsValidationException invalid => string.Join(" ", invalid.Failures),
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ => $"{error.Message} ({error.GetType().Name}; set {DebugVariable}=1 to see where)",
    };
}
