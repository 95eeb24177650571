using System.Collections.Concurrent;
using QLearning.Abstractions;

namespace QLearning.Bench.Chaos;

/// <summary>The book of a run: what was sent, and what the clients were told.</summary>
/// <param name="time">The clock.</param>
internal sealed class CallBook(TimeProvider time)
{
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly long _begin = time.GetTimestamp();

    /// <summary>The time since the begin of the run.</summary>
    public TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>The calls since this was last asked.</summary>
    public IReadOnlyCollection<Call> Take()
    {
        var calls = new List<Call>();
        while (_calls.TryDequeue(out var call))
        {
            calls.Add(call);
        }

        return calls;
    }

    /// <summary>How many calls since <see cref="Take"/> were acknowledged, and on how many roads.</summary>
    public (int Calls, int Roads) Acknowledged()
    {
        var acknowledged = _calls.Where(call => call.Outcome == CallOutcome.Acknowledged).ToList();
        return (acknowledged.Count, acknowledged.Select(call => call.Road).Distinct().Count());
    }

    /// <summary>Notes what is about to be sent.</summary>
    public void Sent(Call call) => _calls.Enqueue(call);

    /// <summary>Sends updates as one call, and notes what came of each.</summary>
    /// <param name="updates">In the order in which the call has them.</param>
    /// <param name="send">Sends them.</param>
    /// <returns>True when all were acknowledged.</returns>
    public async Task<bool> CallAsync(IReadOnlyList<Call> updates, Func<Task> send)
    {
        foreach (var update in updates)
        {
            Sent(update);
        }

        try
        {
            await send();
            End(updates, CallOutcome.Acknowledged, null);
            return true;
        }
        catch (PartlyLearnedException partly)
        {
            var cause = (QLearningException)partly.InnerException!;
            var (refused, unknown) = (partly.NotLearned.ToHashSet(), partly.MayBeLearned.ToHashSet());
            End([.. updates.Where((_, place) => !refused.Contains(place) && !unknown.Contains(place))], CallOutcome.Acknowledged, null);
            End([.. updates.Where((_, place) => refused.Contains(place))], CallOutcome.Refused, cause.Message);
            End([.. updates.Where((_, place) => unknown.Contains(place))], CallOutcome.Unknown, cause.Message, IsRefusedLate(cause));
        }
        catch (QLearningException error)
        {
            End(updates, OutcomeOf(error), error.Message, IsRefusedLate(error));
        }

        return false;
    }

    /// <summary>Sends one call again and again, as its caller is told to while he does not know what became of it.</summary>
    /// <param name="updates">What it changes.</param>
    /// <param name="send">Sends it.</param>
    /// <param name="times">How often at most.</param>
    /// <param name="pause">The time between two tries.</param>
    /// <returns>True when it was acknowledged.</returns>
    public async Task<bool> RepeatAsync(IReadOnlyList<Call> updates, Func<Task> send, int times, TimeSpan pause)
    {
        foreach (var update in updates)
        {
            Sent(update);
        }

        var (error, outcome) = ((string?)null, CallOutcome.Refused);
        for (var i = 0; i < times; i++)
        {
            try
            {
                await send();
                End(updates, CallOutcome.Acknowledged, error);
                return true;
            }
            catch (QLearningException failure)
            {
                error ??= failure.Message;
                outcome = OutcomeOf(failure) == CallOutcome.Refused ? outcome : CallOutcome.Unknown;
            }

            await Task.Delay(pause, time);
        }

        End(updates, outcome, error);
        return false;
    }

    private static CallOutcome OutcomeOf(QLearningException error) => error switch
    {
        WriteBacklogFullException or InvalidInputException or UnknownSessionException => CallOutcome.Refused,
        // The client keeps it until it is durable: it counts once, as if it had been acknowledged.
        StorageUnavailableException { IsLearned: true } => CallOutcome.Acknowledged,
        _ => CallOutcome.Unknown,
    };

    // A try was not answered and the next one was refused as wrong: the client cannot tell what the first did.
    private static bool IsRefusedLate(QLearningException error) =>
        error is ClusterUnavailableException { InnerException: InvalidInputException };

    private void End(IReadOnlyList<Call> updates, CallOutcome outcome, string? error, bool isRefusedLate = false)
    {
        var isRefused = outcome == CallOutcome.Refused || isRefusedLate;
        foreach (var update in updates)
        {
            var said = update.MustBeRefused switch
            {
                true when isRefused => null,
                false when isRefused && update.RefusedWithOthers => null,
                true when outcome == CallOutcome.Acknowledged => $"{update.Key} was learned although it is wrong.",
                _ => error,
            };
            update.End(outcome, Now, said);
        }
    }
}
