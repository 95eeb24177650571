using System.Threading.Channels;
using QLearning.Storage.WriteBehind;

namespace QLearning.Storage.Tests.WriteBehind;

/// <summary>Items are numbers, worth as many rows; each attempt ends as the test says.</summary>
internal sealed class ScriptedWriter : ILaneWriter<int, string>
{
    private readonly Channel<WriteAttempt> _attempts = Channel.CreateUnbounded<WriteAttempt>();

    public string Kind => "numbers";

    public HashSet<int> Stored { get; set; } = [];

    /// <summary>Runs when the test next asks for an attempt.</summary>
    public Action? OnNext { get; set; }

    public int BytesPerRow { get; set; } = 1;

    /// <summary>How many rows an item is.</summary>
    public Func<int, int> Measured { get; set; } = item => item;

    /// <summary>Whose an item is.</summary>
    public Func<int, string> Owner { get; set; } = item => FormattableString.Invariant($"number {item}");

    public WriteSize Measure(int item) => new(Measured(item), item * BytesPerRow);

    public string NameOwner(int item) => Owner(item);

    public bool IsFenced(string outcome) => false;

    public string Fail(FlushStatus status, Exception error) => $"{status}: {error.Message}";

    public Task<string[]> WriteAsync(IReadOnlyList<int> items, WriteSize statement, CancellationToken cancellationToken)
    {
        var attempt = new WriteAttempt([.. items], statement, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _attempts.Writer.TryWrite(attempt);
        return attempt.End.Task;
    }

    /// <summary>Thrown by the second look at a refused item.</summary>
    public Exception? RefusedAgain { get; set; }

    public Task<string?> WriteWithoutRefusedAsync(int item, WriteSize statement, CancellationToken cancellationToken) =>
        RefusedAgain is null ? Task.FromResult<string?>(null) : Task.FromException<string?>(RefusedAgain);

    public Task<string?[]> FindStoredAsync(IReadOnlyList<int> items, CancellationToken cancellationToken) =>
        Task.FromResult<string?[]>([.. items.Select(item => Stored.Contains(item) ? FormattableString.Invariant($"found {item}") : null)]);

    public async Task<WriteAttempt> NextAsync()
    {
        OnNext?.Invoke();
        OnNext = null;
        return await _attempts.Reader.ReadAsync().AsTask().WaitAsync(Eventually.DefaultDeadline);
    }
}

/// <summary>One transaction of a lane, which ends as the test says.</summary>
internal sealed record WriteAttempt(int[] Items, WriteSize Statement, TaskCompletionSource<string[]> End)
{
    public void Succeed() => End.SetResult([.. Items.Select(item => FormattableString.Invariant($"written {item}"))]);

    public void Fail(Exception error) => End.SetException(error);
}
