using QLearning.Client.Updates;

namespace QLearning.Client.Tests.Updates;

/// <summary>An update list together with the simplest thing that should behave as it does: what is known of each number.</summary>
internal sealed class UpdateListModel
{
    public const int States = 8;
    public const int MaxPartitions = 5;

    private static readonly Guid[] _owners = [.. Enumerable.Range(0, 3).Select(_ => Guid.NewGuid())];

    // Few numbers, so that sequences of them end.
    private readonly UpdateList _list = new(int.MaxValue, TimeProvider.System, maxSpan: 20);
    private readonly SortedDictionary<long, Known> _kept = [];
    private readonly Dictionary<long, (int Place, int State)> _everyNumber = [];
    private readonly Dictionary<long, int?> _durableOf = [];
    private readonly List<PendingUpdates> _unanswered = [];
    private readonly long[] _newest = new long[_owners.Length];
    private readonly long[] _durable = new long[_owners.Length];

    public void Add(int[] states)
    {
        Assert.True(_list.TryReserve(states.Length));
        var added = Assert.Single(_list.Add(
            [new UpdateCall(new UpdateGroup { Upserts = [.. states.Select(state => Given.Value($"s{state}", "a", state))] })]));
        Assert.Equal(Enumerable.Range(_everyNumber.Count + 1, states.Length), Places(added).Select(place => (int)place));
        Assert.InRange(added.Group.Number - _list.SettledBelow(added), 0, 20);
        for (var i = 0; i < states.Length; i++)
        {
            _everyNumber[Places(added)[i]] = (i, states[i]);
            _kept[Places(added)[i]] = new Known(Owner: null, Version: 0);
        }

        _unanswered.Add(added);
    }

    public void Divide(int index, int partitions)
    {
        if (Pick(index) is { } pending)
        {
            _unanswered.Remove(pending);
            _unanswered.AddRange(Divided(pending, partitions));
        }
    }

    public void Acknowledge(int index, int owner, bool isDurable)
    {
        if (Pick(index) is { } pending)
        {
            _unanswered.Remove(pending);
            Acknowledge(pending, owner, isDurable);
        }
    }

    public void GiveUp(int index)
    {
        if (Pick(index) is { } pending)
        {
            _unanswered.Remove(pending);
            _list.GiveUp(pending);
            Places(pending).ForEach(number => _kept.Remove(number));
        }
    }

    public void Settle(int owner, int behind)
    {
        _durable[owner] = Math.Max(_durable[owner], _newest[owner] - behind);
        _list.Settle(_owners[owner], _durable[owner]);
        Forget(owner);
    }

    /// <summary>Owners have changed: what others acknowledged is found, some of it acknowledged anew.</summary>
    public void Resend(int owner, int partitions)
    {
        var lost = _list.FindLost(_ => _owners[owner], partitions);
        Assert.Empty(
            _kept.Where(known => known.Value.Owner is { } has && has != owner).Select(known => known.Key).Except(lost.SelectMany(Places)));
        Assert.All(
            lost.SelectMany(Places),
            number => Assert.NotEqual(owner, _kept.TryGetValue(number, out var known) ? known.Owner : _durableOf[number]));
        Assert.Equal(lost.Select(part => part.Order).Order(), lost.Select(part => part.Order));
        foreach (var part in lost)
        {
            CheckPart(part, partitions);
            Acknowledge(part, owner, isDurable: false);
        }
    }

    public void Check()
    {
        var acknowledged = _list.FindLost(_ => Guid.NewGuid(), 1);
        var listed = acknowledged.Concat(_unanswered).SelectMany(Places).ToHashSet();
        Assert.Empty(_kept.Keys.Except(listed));
        // One that is durable may stand behind one of the same owner that is not.
        Assert.All(listed.Except(_kept.Keys), number => Assert.Contains(_durableOf[number], _kept.Values.Select(known => known.Owner)));
        Assert.Equal(listed.Count, _list.Count);
        foreach (var sequence in acknowledged.Concat(_unanswered).GroupBy(pending => pending.Numbers))
        {
            Assert.All(sequence, pending => Assert.Equal(sequence.Min(one => one.Group.Number), _list.SettledBelow(pending)));
        }

        Assert.Equal(acknowledged.Length > 0, _list.HasAcknowledged);
        foreach (var part in acknowledged)
        {
            CheckUpdates(part);
        }
    }

    public void Drain()
    {
        while (_unanswered.Count > 0)
        {
            Acknowledge(0, owner: 0, isDurable: false);
        }

        for (var owner = 0; owner < _owners.Length; owner++)
        {
            Settle(owner, behind: 0);
        }

        Assert.Equal((0, _everyNumber.Count, false), (_list.Count, _list.Newest, _list.HasAcknowledged));
    }

    private static List<long> Places(PendingUpdates pending) =>
        [.. Enumerable.Range(0, pending.Group.Count).Select(i => pending.Numbers.PlaceOf(pending.Group.NumberAt(i)))];

    private PendingUpdates[] Divided(PendingUpdates pending, int partitions)
    {
        var numbers = Places(pending);
        PendingUpdates[] parts = [.. _list.Divide(pending, partitions).Select(part => part.Updates)];
        Assert.Equal(numbers, parts.SelectMany(Places).Order());
        Array.ForEach(parts, part => CheckPart(part, partitions));
        return parts;
    }

    private void CheckPart(PendingUpdates part, int partitions)
    {
        CheckUpdates(part);
        Assert.Single(
            Enumerable.Range(0, part.Group.Count).Select(i => TablePartition.IndexOf(part.Group.StateAt(i), partitions)).Distinct());
    }

    private void CheckUpdates(PendingUpdates part)
    {
        for (var i = 0; i < part.Group.Count; i++)
        {
            var (place, state) = _everyNumber[Places(part)[i]];
            Assert.Equal((place, $"s{state}"), (part.PlaceInCall(i), part.Group.StateAt(i).ToString()));
            Assert.True(i == 0 || part.Group.NumberAt(i - 1) < part.Group.NumberAt(i));
        }
    }

    private void Acknowledge(PendingUpdates pending, int owner, bool isDurable)
    {
        _newest[owner] += pending.Group.Count;
        _durable[owner] = isDurable ? _newest[owner] : _durable[owner];
        Places(pending).ForEach(number => _kept[number] = new Known(owner, _newest[owner]));
        _list.Acknowledge(pending, _owners[owner], _newest[owner], _durable[owner], 1);
        Forget(owner);
    }

    private void Forget(int owner)
    {
        var durable = _kept.Where(known => known.Value.Owner == owner && known.Value.Version <= _durable[owner]);
        foreach (var number in durable.Select(known => known.Key).ToArray())
        {
            _kept.Remove(number);
            _durableOf[number] = owner;
        }
    }

    private PendingUpdates? Pick(int index) => _unanswered.Count == 0 ? null : _unanswered[index % _unanswered.Count];

    private sealed record Known(int? Owner, long Version);
}
