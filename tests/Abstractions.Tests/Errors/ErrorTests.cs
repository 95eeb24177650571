namespace QLearning.Abstractions.Tests.Errors;

/// <summary>Pins that a caller on another machine catches the same error with the same message.</summary>
public class ErrorTests
{
    private static readonly Type[] _errors = [.. typeof(QLearningException).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(Exception)))];

    // These say more than a message, are made with it only, and have tests of their own.
    private static readonly Type[] _withFacts =
        [typeof(NotOwnerException), typeof(PartlyLearnedException), typeof(WriteBacklogFullException)];

    public static TheoryData<string> Errors() => [.. _errors.Except(_withFacts).Select(type => type.Name)];

    [Fact]
    public void All_errors_derive_from_one_base()
    {
        Assert.NotEmpty(_errors);
        Assert.All(_errors, type => Assert.True(type.IsAssignableTo(typeof(QLearningException)) && type.IsPublic, type.Name));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_keeps_its_type_its_message_and_its_cause(string name)
    {
        const string Message = "The reward 'NaN' is not allowed: … 😀";
        var cause = new TimeoutException("too late");
        var error = (Exception)Activator.CreateInstance(Named(name), Message, cause)!;
        var back = Serialization.RoundTrip(error);
        Assert.IsType(Named(name), back);
        Assert.Equal(Message, back.Message);
        Assert.Equal("too late", Assert.IsType<TimeoutException>(back.InnerException).Message);
    }

    [Fact]
    public void A_full_backlog_says_how_full_it_is_and_when_to_try_again()
    {
        var error = new WriteBacklogFullException("test-generator", 120_000, 100_000, TimeSpan.FromSeconds(1.5));
        var back = Assert.IsType<WriteBacklogFullException>(Serialization.RoundTrip<Exception>(error));
        Assert.Equal(TimeSpan.FromSeconds(1.5), back.RetryAfter);
        Assert.Equal(
            "The agent type 'test-generator' has 120000 rows waiting for PostgreSQL. Allowed: 100000. Try again in 1.5 s.", back.Message);
        Assert.Equal(TimeSpan.FromSeconds(1.5), Serialization.Copy(error).RetryAfter);
    }

    [Theory]
    [InlineData("coverage-analyzer", 0, 4)]
    [InlineData("coverage-analyzer#3", 3, 1)]
    public void Who_asks_a_grain_for_what_it_does_not_own_learns_how_many_partitions_there_are(string asked, int partition, int partitions)
    {
        var error = new NotOwnerException(new AgentTypeKey("coverage-analyzer", partition), partitions);
        var back = Assert.IsType<NotOwnerException>(Serialization.RoundTrip<Exception>(error));
        Assert.Equal(partitions, back.Partitions);
        Assert.Equal(
            $"'{asked}' does not own what it was asked for: the Q-table of 'coverage-analyzer' has {partitions} partitions. Ask the owner.",
            back.Message);
        Assert.IsAssignableFrom<FencedException>(back);
    }

    [Fact]
    public void A_call_that_was_learned_in_part_says_which_updates_were_not_and_why()
    {
        var cause = new WriteBacklogFullException("test-generator", 120_000, 100_000, TimeSpan.FromSeconds(1.5));
        var back = Assert.IsType<PartlyLearnedException>(Serialization.RoundTrip<Exception>(new PartlyLearnedException([1, 3], [], 5, cause)));
        Assert.Equal([1, 3], back.NotLearned);
        Assert.Equal($"3 of 5 updates were learned; those that other partitions own were not: {cause.Message}", back.Message);
        Assert.Equal(cause.RetryAfter, Assert.IsType<WriteBacklogFullException>(back.InnerException).RetryAfter);
    }

    [Fact]
    public void A_backlog_that_is_full_by_bytes_says_so()
    {
        var error = WriteBacklogFullException.OfBytes("test-generator/1", 1L << 40, 1L << 28, TimeSpan.FromSeconds(2));
        var back = Assert.IsType<WriteBacklogFullException>(Serialization.RoundTrip<Exception>(error));
        Assert.Equal(TimeSpan.FromSeconds(2), back.RetryAfter);
        Assert.Equal(
            "The agent type 'test-generator/1' has 1099511627776 bytes waiting for PostgreSQL. Allowed: 268435456. Try again in 2 s.",
            back.Message);
    }

    [Fact]
    public void An_unknown_agent_type_is_named() =>
        Assert.Equal(
            "The agent type 'tset-generator' is not registered. Allowed: a name from the table agent_types; 'qlearn status' lists them.",
            UnknownAgentTypeException.For("tset-generator").Message);

    [Theory]
    [InlineData(null, "null")]
    [InlineData("", "")]
    [InlineData(0.25, "0.25")]
    [InlineData(double.NaN, "NaN")]
    public void Refused_input_is_named_with_its_value_the_problem_and_what_is_allowed(object? value, string shown) =>
        Assert.Equal(
            $"The reward '{shown}' is not allowed: it is odd. Allowed: 0 to 1.",
            InvalidInputException.For("reward", value, "it is odd", "0 to 1").Message);

    [Fact]
    public void A_value_of_80_characters_is_shown_whole_and_a_longer_one_is_cut()
    {
        var (whole, longer) = (new string('a', 80), new string('a', 81));
        Assert.Contains($"'{whole}'", InvalidInputException.For("key", whole, "it is odd", "less").Message, StringComparison.Ordinal);
        Assert.Contains(
            $"'{whole[..77]}...'", InvalidInputException.For("key", longer, "it is odd", "less").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_not_cut_in_the_middle_of_a_character()
    {
        var error = InvalidInputException.For("key", "a" + string.Concat(Enumerable.Repeat("😀", 50)), "it is odd", "less");
        Assert.Contains("😀...'", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Serialization.RoundTrip(error).Message);
        error = InvalidInputException.For("key", string.Concat(Enumerable.Repeat("😀", 50)), "it is odd", "less");
        Assert.Contains("😀...'", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Serialization.RoundTrip(error).Message);
    }

    private static Type Named(string name) => _errors.Single(type => type.Name == name);
}
