using System.Reflection;

namespace QLearning.Abstractions.Tests.Contract;

/// <summary>Pins that every message crosses from process to process with all that it holds.</summary>
public class MessageSerializationTests
{
    public static TheoryData<int, string> Examples()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < MessageExamples.All.Count; i++)
        {
            data.Add(i, MessageExamples.All[i].GetType().Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_message_comes_back_with_all_its_members(int index, string type)
    {
        var message = MessageExamples.All[index];
        var back = Serialization.RoundTrip(message);
        Assert.Equal(type, back.GetType().Name);
        Assert.Equal(MessageText.Of(message), MessageText.Of(back));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_message_is_immutable_and_so_its_own_copy(int index, string type)
    {
        var message = MessageExamples.All[index];
        var copy = Serialization.Copy(message);
        Assert.Equal(MessageText.Of(message), MessageText.Of(copy));
        Assert.True(message.GetType().IsValueType || ReferenceEquals(message, copy), type);
    }

    [Fact]
    public void Every_message_has_an_example() =>
        Assert.Equal(
            typeof(State).Assembly.GetTypes()
                .Where(
                    type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && !type.IsAssignableTo(typeof(Exception)))
                .Select(type => type.Name).Order(StringComparer.Ordinal),
            MessageExamples.All.Select(message => message.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void No_member_of_an_example_is_at_its_default()
    {
        var atDefault =
            from message in MessageExamples.All.DistinctBy(message => message.GetType())
            from member in MessageText.Members(message)
            let type = member.PropertyType
            where Equals(member.GetValue(message), type.IsValueType ? Activator.CreateInstance(type) : null)
            select $"{message.GetType().Name}.{member.Name}";
        Assert.Empty(atDefault);
    }

    [Fact]
    public void What_may_be_missing_comes_back_missing()
    {
        var transition = new Transition { State = State.FromKey("s"), Action = new AgentAction(ActionKey.Parse("a")), Reward = 1 };
        Assert.Equal(MessageText.Of(transition), MessageText.Of(Serialization.RoundTrip(transition)));
        var request = new SelectActionRequest { State = StateKey.Parse("s") };
        Assert.Empty(Serialization.RoundTrip(request).Candidates);
        Assert.Null(Serialization.RoundTrip(request).ExplorationRate);
        var settings = Serialization.RoundTrip(new AgentTypeSettings());
        Assert.Equal(new AgentTypeSettings(), settings);
        Assert.Null(Serialization.RoundTrip<BestAction?>(null));
        Assert.All(Serialization.RoundTrip(new BestAction?[] { null, null }), Assert.Null);
    }

    [Fact]
    public void A_refusal_comes_back_with_the_error_that_its_caller_is_to_catch()
    {
        foreach (var refusal in UpdateMessageExamples.Refusals)
        {
            var back = Serialization.RoundTrip(refusal);
            Assert.Equal(
                (refusal.Group, refusal.Error.GetType(), refusal.Error.Message), (back.Group, back.Error.GetType(), back.Error.Message));
            Assert.Equal((refusal.Error as WriteBacklogFullException)?.RetryAfter, (back.Error as WriteBacklogFullException)?.RetryAfter);
        }
    }

    [Fact]
    public void Lists_of_any_kind_come_back_with_their_items()
    {
        ActionKey[] keys = [ActionKey.Parse("a"), ActionKey.Parse("b"), ActionKey.Parse("c")];
        IReadOnlyList<ActionKey>[] lists =
        [
            keys, [.. keys], [keys[0]], [], keys.ToList(), keys.ToList().AsReadOnly(), new ArraySegment<ActionKey>(keys, 1, 2),
            System.Collections.Immutable.ImmutableArray.Create(keys), System.Collections.Immutable.ImmutableList.Create(keys),
        ];
        foreach (var list in lists)
        {
            Assert.Equal(list, Serialization.RoundTrip(MessageExamples.Transition with { NextActions = list }).NextActions!);
        }
    }

    [Fact]
    public void Numbers_cross_to_the_last_bit() =>
        Gen.Select(Gen.Long, Gen.Int, Gen.Long).Sample((bits, visits, version) =>
        {
            var result = new LearnResult(
                BitConverter.Int64BitsToDouble(bits), visits, BitConverter.Int64BitsToDouble(~bits), version, ~version);
            Assert.Equal(MessageText.Of(result), MessageText.Of(Serialization.RoundTrip(result)));
        });

    [Fact]
    public void Text_crosses_whatever_its_characters() =>
        Json.JsonGen.Text.Sample(text =>
        {
            var action = new AgentAction(ActionKey.Parse("a"), text);
            Assert.Equal(action, Serialization.RoundTrip(action));
        });

    [Fact]
    public void A_batch_of_the_largest_size_crosses()
    {
        var batch = Enumerable.Range(0, QLimits.MaxBatch)
            .Select(number => MessageExamples.Transition with { State = State.FromKey($"s{number % 100}"), Reward = number })
            .ToArray();
        var back = Serialization.RoundTrip(batch);
        Assert.Equal(batch.Select(MessageText.Of), back.Select(MessageText.Of));
    }

    [Fact]
    public void A_trajectory_has_an_id_of_its_own_unless_one_is_given()
    {
        var (one, other) = (MessageExamples.Trajectory with { Id = default }, Fresh());
        Assert.Equal(default, Serialization.RoundTrip(one).Id);
        Assert.NotEqual(Fresh().Id, other.Id);
        Assert.Equal(7, other.Id.Version);
        Assert.Equal(other.Id, Serialization.RoundTrip(other).Id);

        static Trajectory Fresh() => new()
        {
            TaskId = "t",
            Steps = [],
            FinalState = State.FromKey("end"),
            Success = false,
            StartedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
