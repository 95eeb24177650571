using System.Diagnostics;
using QLearning.Abstractions;
using QLearning.Client.Telemetry;

namespace QLearning.Client.Merging;

/// <summary>
/// Sends requests that are made in the same moment as one call: while some calls are under way, further requests wait for one of them to
/// return and then go together, in the order in which they were made. A lone caller never waits. Safe for several threads.
/// </summary>
/// <typeparam name="TRequest">A request.</typeparam>
/// <typeparam name="TResult">Its result.</typeparam>
internal sealed class CallMerger<TRequest, TResult> : IDisposable
{
    // A call to a silo that was lost returns only after seconds: what came later must not wait for it.
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = new();
    private readonly Func<TRequest, Task<TResult>> _sendOne;
    private readonly Func<IReadOnlyList<TRequest>, Task<TResult[]>> _sendMany;
    private readonly Func<TRequest, int> _weigh;
    private readonly Action<int> _onMerged;
    private readonly int _maxWeight;
    private readonly int _maxUnderWay;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _underWay;
    private int _weightWaiting;
    private bool _isArmed;

    /// <summary>Merges calls.</summary>
    /// <param name="sendOne">Sends a request by itself.</param>
    /// <param name="sendMany">Sends requests as one call; gives a result for each, in their order.</param>
    /// <param name="weigh">How much of a call's limit a request takes.</param>
    /// <param name="maxWeight">The most that several requests in one call may weigh together.</param>
    /// <param name="maxUnderWay">How many calls may be under way before requests wait.</param>
    /// <param name="onMerged">Told how many requests go as one call.</param>
    /// <param name="time">The clock.</param>
    public CallMerger(
        Func<TRequest, Task<TResult>> sendOne,
        Func<IReadOnlyList<TRequest>, Task<TResult[]>> sendMany,
        Func<TRequest, int> weigh,
        int maxWeight,
        int maxUnderWay,
        Action<int> onMerged,
        TimeProvider time)
    {
        (_sendOne, _sendMany, _weigh, _onMerged) = (sendOne, sendMany, weigh, onMerged);
        (_maxWeight, _maxUnderWay, _time) = (maxWeight, maxUnderWay, time);
        _timer = time.CreateTimer(
            static merger => ((CallMerger<TRequest, TResult>)merger!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The weight of the requests that are not sent yet.</summary>
    public int WeightWaiting => Volatile.Read(ref _weightWaiting);

    /// <summary>Makes a request.</summary>
    public Task<TResult> CallAsync(TRequest request)
    {
        lock (_lock)
        {
            if (_underWay >= _maxUnderWay)
            {
                var waiter = new Waiter(request, _time.GetTimestamp());
                _waiting.Enqueue(waiter);
                _weightWaiting += _weigh(request);
                Arm();
                return waiter.Task;
            }

            _underWay++;
        }

        return SendOneAsync(request);
    }

    public void Dispose() => _timer.Dispose();

    private async Task<TResult> SendOneAsync(TRequest request)
    {
        try
        {
            return await _sendOne(request);
        }
        finally
        {
            OnReturned();
        }
    }

    private async Task SendAllAsync(List<Waiter> waiters)
    {
        try
        {
            var results = await SendManyAsync(waiters);
            for (var i = 0; i < results.Length; i++)
            {
                waiters[i].SetResult(results[i]);
            }
        }
        catch (InvalidInputException) when (waiters.Count > 1)
        {
            // One of them is wrong and nothing has happened: each by itself, so that only that one is refused.
            await Task.WhenAll(waiters.Select(waiter => SendAloneAsync(waiter)));
        }
        catch (Exception error)
        {
            waiters.ForEach(waiter => waiter.SetException(error));
        }
        finally
        {
            OnReturned();
        }
    }

    private Task<TResult[]> SendManyAsync(List<Waiter> waiters)
    {
        _onMerged(waiters.Count);
        var requests = waiters.ConvertAll(waiter => waiter.Request);
        return ClientSpans.IsOn
            ? ClientSpans.AroundManyAsync(waiters.Select(waiter => waiter.Caller), () => _sendMany(requests))
            : _sendMany(requests);
    }

    private async Task SendAloneAsync(Waiter waiter)
    {
        try
        {
            waiter.SetResult(await _sendOne(waiter.Request));
        }
        catch (Exception error)
        {
            waiter.SetException(error);
        }
    }

    private void OnReturned()
    {
        List<Waiter>? next;
        lock (_lock)
        {
            _underWay--;
            next = _underWay < _maxUnderWay ? TakeWaiting() : null;
        }

        Send(next);
    }

    private void OnTimer()
    {
        List<Waiter>? late = null;
        lock (_lock)
        {
            _isArmed = false;
            if (_waiting.TryPeek(out var oldest) && _time.GetElapsedTime(oldest.Since) >= _longestWait)
            {
                late = TakeWaiting();
            }

            if (_waiting.Count > 0)
            {
                Arm();
            }
        }

        Send(late);
    }

    private void Arm()
    {
        if (!_isArmed)
        {
            _isArmed = true;
            _timer.Change(_longestWait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>As many as one call takes; counts that call as under way.</summary>
    private List<Waiter>? TakeWaiting()
    {
        if (_waiting.Count == 0)
        {
            return null;
        }

        var taken = new List<Waiter>(_waiting.Count);
        var weight = 0;
        while (_waiting.TryPeek(out var waiter) && (taken.Count == 0 || weight + _weigh(waiter.Request) <= _maxWeight))
        {
            weight += _weigh(waiter.Request);
            taken.Add(_waiting.Dequeue());
        }

        _weightWaiting -= weight;
        _underWay++;
        return taken;
    }

    // Errors go to those who wait, so the task itself needs no observer.
    private void Send(List<Waiter>? waiters) => _ = waiters is null ? Task.CompletedTask : SendAllAsync(waiters);

    /// <summary>Somebody whose request is not sent yet. He goes on in a turn of his own, not inside the answer to others.</summary>
    private sealed class Waiter(TRequest request, long since)
        : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TRequest Request { get; } = request;

        public long Since { get; } = since;

        /// <summary>The span of whoever made the request, if it is traced.</summary>
        public ActivityContext Caller { get; } = ClientSpans.IsOn ? Activity.Current?.Context ?? default : default;
    }
}
