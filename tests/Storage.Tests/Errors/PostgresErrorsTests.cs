using System.Net.Sockets;
using Npgsql;

namespace QLearning.Storage.Tests.Errors;

/// <summary>Which errors pass by themselves, and which certainly changed nothing.</summary>
public sealed class PostgresErrorsTests
{
    [Theory]
    [InlineData("08000", true, false)] // connection exception
    [InlineData("08006", true, false)] // connection failure
    [InlineData("08P01", true, false)] // protocol violation: also what a pooler says that lost its server
    [InlineData("40001", true, true)] // serialization failure
    [InlineData("40003", true, false)] // statement completion unknown
    [InlineData("40P01", true, true)] // deadlock
    [InlineData("53100", true, true)] // disk full
    [InlineData("53200", true, true)] // out of memory
    [InlineData("53300", true, true)] // too many connections
    [InlineData("55P03", true, true)] // lock not available
    [InlineData("25006", true, true)] // read-only transaction
    [InlineData("57014", true, true)] // query cancelled
    [InlineData("57P01", true, false)] // administrator's shutdown
    [InlineData("57P02", true, false)] // crash shutdown
    [InlineData("57P03", true, true)] // cannot connect now
    [InlineData("22003", false, true)] // numeric value out of range
    [InlineData("22P02", false, true)] // invalid text representation
    [InlineData("21000", false, true)] // cardinality violation
    [InlineData("23503", false, true)] // foreign key violation
    [InlineData("23505", false, true)] // unique violation
    [InlineData("25P03", true, true)] // idle in transaction for too long
    [InlineData("25P04", true, true)] // transaction took too long
    [InlineData("58030", true, true)] // input or output failed
    [InlineData("28P01", false, true)] // wrong password
    [InlineData("42501", false, true)] // no privilege
    [InlineData("42P01", false, true)] // no such table
    public void What_postgres_says_is_told_apart_by_its_state(string sqlState, bool passing, bool rolledBack)
    {
        var error = new PostgresException("no", "ERROR", "ERROR", sqlState);
        Assert.Equal(passing, PostgresErrors.IsPassing(error));
        Assert.Equal(rolledBack, PostgresErrors.IsCertainlyRolledBack(error));
    }

    [Fact]
    public void A_lost_connection_passes_but_may_have_committed() => Assert.All(
        [new NpgsqlException("lost"), new SocketException(), new TimeoutException(), new IOException()],
        (Exception error) =>
        {
            Assert.True(PostgresErrors.IsPassing(error));
            Assert.False(PostgresErrors.IsCertainlyRolledBack(error));
        });

    [Theory]
    [InlineData("57014")] // statement took too long
    [InlineData("25P04")] // transaction took too long
    public void What_ran_into_a_time_limit_may_succeed_when_it_is_smaller(string sqlState)
    {
        var error = new PostgresException("no", "ERROR", "ERROR", sqlState);
        Assert.True(PostgresErrors.IsOutOfTime(error));
        Assert.True(PostgresErrors.IsPerhapsTooLarge(error));
    }

    [Fact]
    public void Errors_of_the_program_do_not_pass() => Assert.All(
        [new InvalidOperationException(), new ArgumentException(), new OverflowException()],
        (Exception error) => Assert.False(PostgresErrors.IsPassing(error)));

    [Fact]
    public void A_caller_is_told_the_work_the_state_and_the_reason()
    {
        var error = PostgresErrors.ToCaller("load it", new PostgresException("disk is full", "ERROR", "ERROR", "53100"));
        Assert.Equal("PostgreSQL could not load it (53100: disk is full). Try again when the database answers.", error.Message);
        Assert.Null(error.InnerException);
        Assert.Contains("(lost)", PostgresErrors.ToCaller("load it", new NpgsqlException("lost")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_comes_from_the_database_or_the_way_to_it_is_told_as_unavailable() => Assert.All(
        [
            await FailAsync(new NpgsqlException("lost")),
            await FailAsync(new PostgresException("no such table", "ERROR", "ERROR", "42P01")),
            await FailAsync(new SocketException()),
            await FailAsync(new TimeoutException()),
            await FailAsync(new PostgresException("no such row", "ERROR", "ERROR", PostgresErrorCodes.ForeignKeyViolation)),
        ],
        error => Assert.StartsWith(
            "PostgreSQL could not load it (", Assert.IsType<StorageUnavailableException>(error).Message, StringComparison.Ordinal));

    [Fact]
    public async Task Only_a_row_that_names_a_missing_one_is_told_as_missing()
    {
        static UnknownAgentTypeException Missing() => UnknownAgentTypeException.For("gone");
        PostgresException Refused(string sqlState) => new("refused", "ERROR", "ERROR", sqlState);
        Assert.IsType<UnknownAgentTypeException>(await FailAsync(Refused(PostgresErrorCodes.ForeignKeyViolation), Missing));
        Assert.IsType<StorageUnavailableException>(await FailAsync(Refused(PostgresErrorCodes.UniqueViolation), Missing));
        Assert.IsType<StorageUnavailableException>(await FailAsync(new NpgsqlException("lost"), Missing));
    }

    [Fact]
    public async Task A_cancelled_call_and_an_error_of_the_program_stay_what_they_are()
    {
        Assert.IsType<OperationCanceledException>(await FailAsync(new OperationCanceledException()));
        Assert.IsType<InvalidCastException>(await FailAsync(new InvalidCastException()));
        Assert.Equal(7, await Task.FromResult(7).OrUnavailableAsync("load it"));
    }

    private static async Task<Exception> FailAsync(Exception error, Func<QLearningException>? missing = null) =>
        (await Record.ExceptionAsync(() => Task.FromException<int>(error).OrUnavailableAsync("load it", missing)))!;
}
