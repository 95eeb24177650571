using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.Updates;

/// <summary>
/// Each client has a window of its own: what was learned, and what of that is stored, which goes to the database with its Q-values.
/// </summary>
public sealed class ClientWindowsTests : IDisposable
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _other = new("0198c0de-0000-7000-8000-000000000002");
    private static readonly Dictionary<int, long> _noRowIds = [];

    private readonly TableFixture _fixture = new();
    private readonly Learner _learner = new(TableFixture.Type());
    private readonly ClientWindows _windows;

    public ClientWindowsTests() => _windows = new ClientWindows(_fixture.Clock);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Clients_do_not_share_numbers()
    {
        Learn(_client, 1, state: 1);
        Assert.True(_windows.Contains(_client, 1, 1));
        Assert.False(_windows.Contains(_other, 1, 1));
        Assert.Equal(1, _windows.Count);
    }

    [Fact]
    public void A_new_client_with_settled_numbers_begins_above_them()
    {
        Learn(_client, 12, state: 1, settledBelow: 10);
        Assert.True(_windows.Contains(_client, 9, 9));
        Assert.False(_windows.Contains(_client, 10, 10));
        Assert.Equal([new ClientWindow(_client, 9, [12])], ClientWindows.WindowsOf(Take()).All, SameWindow);
    }

    [Fact]
    public void A_number_below_the_settled_ones_counts_as_learned_although_the_client_is_unknown()
    {
        Assert.True(_windows.Contains(_other, 4, 5));
        Assert.False(_windows.Contains(_other, 5, 5));
    }

    [Fact]
    public void Updates_are_new_when_nothing_from_their_first_number_on_was_learned_or_is_settled()
    {
        Assert.True(_windows.AreNew(_client, 5, 5));
        Assert.False(_windows.AreNew(_client, 4, 5));
        Learn(_client, 7, state: 1, settledBelow: 5);
        Assert.Equal(
            (false, false, true), (_windows.AreNew(_client, 5, 5), _windows.AreNew(_client, 7, 5), _windows.AreNew(_client, 8, 5)));
        Assert.False(_windows.AreNew(_client, 8, 9));
    }

    [Fact]
    public void A_batch_has_the_numbers_of_its_own_entries_and_those_that_are_stored()
    {
        Learn(_client, 1, state: 1);
        Learn(_client, 2, state: 2);
        Learn(_client, 3, state: 1);
        var first = Take(max: 1);
        Assert.Equal([new ClientWindow(_client, 1, [3])], ClientWindows.WindowsOf(first).All, SameWindow);
        Store(first);
        Assert.Equal((true, false, true), (IsStored(1), IsStored(2), IsStored(3)));
        Learn(_other, 7, state: 3, settledBelow: 7);
        Assert.Equal(
            [new ClientWindow(_client, 3, []), new ClientWindow(_other, 7, [])],
            ClientWindows.WindowsOf(Take()).All.OrderBy(window => window.ClientId),
            SameWindow);
    }

    [Fact]
    public void A_batch_that_is_not_stored_leaves_its_numbers_to_the_next()
    {
        Learn(_client, 1, state: 1);
        Learn(_client, 2, state: 2);
        var failed = Take();
        _fixture.Table.Return(failed);
        Assert.False(IsStored(1));
        Assert.Equal([new ClientWindow(_client, 1, [])], ClientWindows.WindowsOf(Take(max: 1)).All, SameWindow);
        Assert.Equal([new ClientWindow(_client, 0, [2])], ClientWindows.WindowsOf(Take()).All, SameWindow);
    }

    [Fact]
    public void A_batch_without_numbered_updates_has_no_window()
    {
        _fixture.Set(1, 1, 1);
        Assert.Empty(ClientWindows.WindowsOf(Take()).All);
    }

    [Fact]
    public void What_is_loaded_is_learned_and_stored()
    {
        _windows.Load(_client, new SequenceWindow(4, [7]));
        Assert.Equal(
            [true, false, false, true], new long[] { 4, 5, 6, 7 }.Select(number => _windows.Contains(_client, number, 1)));
        Assert.True(IsStored(7));
        Assert.False(IsStored(5));
        Learn(_client, 5, state: 1);
        Assert.Equal([new ClientWindow(_client, 5, [7])], ClientWindows.WindowsOf(Take()).All, SameWindow);
    }

    [Fact]
    public void What_a_client_has_settled_is_kept_no_longer()
    {
        Learn(_client, 2, state: 1);
        Learn(_client, 4, state: 2);
        Assert.Equal(2, _windows.CountAbove(_client));
        _windows.Settle(_client, 4);
        Assert.Equal(0, _windows.CountAbove(_client));
        Assert.True(_windows.Contains(_client, 3, 1));
        Assert.Equal([new ClientWindow(_client, 4, [])], ClientWindows.WindowsOf(Take()).All, SameWindow);
    }

    [Fact]
    public void A_refused_unit_notes_no_number()
    {
        Assert.Throws<InvalidInputException>(() => _learner.UpsertMany(
            _fixture.Table,
            [Upsert(1, 1), Upsert(2, double.NaN)],
            new UpdateNumbers(_windows, _client, 1, new long[] { 1, 2 })));
        Assert.Equal((false, false, 0L), (_windows.Contains(_client, 1, 1), _windows.Contains(_client, 2, 1), _fixture.Table.NewestUpdate));
    }

    [Fact]
    public void A_silent_client_is_forgotten_unless_something_of_it_is_not_stored()
    {
        Learn(_client, 1, state: 1);
        Store(Take());
        Learn(_other, 1, state: 1);
        _fixture.Time.Advance(TimeSpan.FromHours(25));
        _windows.Forget(TimeSpan.FromDays(1));
        Assert.False(_windows.Contains(_client, 1, 1));
        Assert.True(_windows.Contains(_other, 1, 1));
        Store(Take());
        _windows.Forget(TimeSpan.FromDays(1));
        Assert.Equal(0, _windows.Count);
    }

    [Fact]
    public void A_client_that_is_heard_is_kept()
    {
        Learn(_client, 1, state: 1);
        Store(Take());
        _fixture.Time.Advance(TimeSpan.FromHours(20));
        _windows.Settle(_client, 1);
        _fixture.Time.Advance(TimeSpan.FromHours(20));
        _windows.Forget(TimeSpan.FromDays(1));
        Assert.True(_windows.Contains(_client, 1, 1));
    }

    [Fact]
    public void A_client_is_kept_when_the_system_time_is_set_forward()
    {
        var time = new SettableTime();
        using var clock = new CoarseClock(time, TimeSpan.FromHours(1));
        var windows = new ClientWindows(clock);
        windows.Load(_client, new SequenceWindow(1));
        var before = clock.NowSeconds;
        time.SetForward = TimeSpan.FromDays(2);
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(clock.NowSeconds - before > TimeSpan.FromDays(2).TotalSeconds);
        windows.Forget(TimeSpan.FromDays(1));
        Assert.True(windows.Contains(_client, 1, 1));
        time.Advance(TimeSpan.FromHours(25));
        windows.Forget(TimeSpan.FromDays(1));
        Assert.False(windows.Contains(_client, 1, 1));
    }

    private static bool SameWindow(ClientWindow left, ClientWindow right) =>
        (left.ClientId, left.Floor) == (right.ClientId, right.Floor) && left.Above.Order().SequenceEqual(right.Above.Order());

    private static QValueUpsert Upsert(int state, double value) =>
        new(new State(TableFixture.State(state)), new AgentAction(TableFixture.Action(1)), value);

    private void Learn(Guid client, long number, int state, long settledBelow = 1) => _learner.UpsertMany(
        _fixture.Table, [Upsert(state, number)], new UpdateNumbers(_windows, client, settledBelow, new[] { number }));

    private QChanges Take(int max = 10) => _fixture.Table.TakeChanges(max);

    private void Store(QChanges changes)
    {
        ClientWindows.Stored(changes);
        _fixture.Table.Complete(changes, _noRowIds);
    }

    private bool IsStored(long number) => _windows.IsStored(_client, number);

    private sealed class SettableTime : FakeTimeProvider
    {
        public TimeSpan SetForward { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + SetForward;

        // The base reckons it from the time above.
        public override long GetTimestamp() => base.GetTimestamp() - SetForward.Ticks;
    }
}
