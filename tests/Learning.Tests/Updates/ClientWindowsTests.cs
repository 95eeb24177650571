using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.Updates;

/// <summary>Each client has a window of its own, which is stored when it changed and forgotten when the client is silent.</summary>
public sealed class ClientWindowsTests : IDisposable
{
    private static readonly Guid _client = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid _other = new("0198c0de-0000-7000-8000-000000000002");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CoarseClock _clock;
    private readonly ClientWindows _windows;

    public ClientWindowsTests()
    {
        _clock = new CoarseClock(_time);
        _windows = new ClientWindows(_clock);
    }

    [Fact]
    public void Clients_do_not_share_numbers()
    {
        _windows.Add(_client, 1, 1);
        Assert.True(_windows.Contains(_client, 1, 1));
        Assert.False(_windows.Contains(_other, 1, 1));
    }

    [Fact]
    public void A_new_client_with_settled_numbers_begins_above_them()
    {
        _windows.Add(_client, 12, 10);
        Assert.True(_windows.Contains(_client, 9, 9));
        Assert.False(_windows.Contains(_client, 10, 10));
        Assert.Equal([new ClientWindow(_client, 9, [12])], _windows.TakeUnstored(), SameWindow);
    }

    [Fact]
    public void Only_what_changed_is_taken_and_what_came_back_is_taken_as_it_is_then()
    {
        _windows.Add(_client, 1, 1);
        _windows.Add(_other, 1, 1);
        var taken = _windows.TakeUnstored();
        Assert.Equal(2, taken.Length);
        Assert.Empty(_windows.TakeUnstored());
        _windows.Add(_client, 2, 1);
        _windows.Return(taken);
        Assert.Equal(
            [(_client, 2L), (_other, 1L)],
            _windows.TakeUnstored().Select(window => (window.ClientId, window.Floor)).OrderBy(window => window.ClientId));
    }

    [Fact]
    public void A_silent_client_is_forgotten_unless_it_is_not_stored()
    {
        _windows.Add(_client, 1, 1);
        _windows.TakeUnstored();
        _windows.Add(_other, 1, 1);
        _time.Advance(TimeSpan.FromHours(25));
        _windows.Forget(TimeSpan.FromDays(1));
        Assert.False(_windows.Contains(_client, 1, 1));
        Assert.True(_windows.Contains(_other, 1, 1));
    }

    [Fact]
    public void A_client_that_is_heard_is_kept()
    {
        _windows.Add(_client, 1, 1);
        _windows.TakeUnstored();
        _time.Advance(TimeSpan.FromHours(20));
        _windows.Contains(_client, 1, 1);
        _time.Advance(TimeSpan.FromHours(20));
        _windows.Forget(TimeSpan.FromDays(1));
        Assert.True(_windows.Contains(_client, 1, 1));
    }

    public void Dispose() => _clock.Dispose();

    private static bool SameWindow(ClientWindow left, ClientWindow right) =>
        (left.ClientId, left.Floor) == (right.ClientId, right.Floor) && left.Above.SequenceEqual(right.Above);
}
