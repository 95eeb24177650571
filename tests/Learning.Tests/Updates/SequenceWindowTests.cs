using QLearning.Learning.Updates;

namespace QLearning.Learning.Tests.Updates;

/// <summary>A window knows every number it has seen, however they come, and stays small.</summary>
public class SequenceWindowTests
{
    [Fact]
    public void It_knows_what_it_saw_and_nothing_else() =>
        Gen.Long[1, 200].Array[0, 100].Sample(sequences =>
        {
            var window = new SequenceWindow();
            foreach (var sequence in sequences)
            {
                window.Add(sequence);
            }

            for (var sequence = 1L; sequence <= 201; sequence++)
            {
                Assert.Equal(sequences.Contains(sequence), window.Contains(sequence));
            }
        });

    [Fact]
    public void Numbers_without_a_gap_take_no_room_whatever_their_order() =>
        Gen.Shuffle(Enumerable.Range(1, 50).Select(i => (long)i).ToArray()).Sample(sequences =>
        {
            var window = new SequenceWindow();
            foreach (var sequence in sequences)
            {
                window.Add(sequence);
            }

            Assert.Equal(50, window.Floor);
            Assert.Empty(window.Above);
        });

    [Fact]
    public void What_is_settled_counts_as_seen_and_takes_no_room()
    {
        var window = new SequenceWindow();
        foreach (var sequence in new long[] { 3, 5, 8, 9 })
        {
            window.Add(sequence);
        }

        window.Settle(8);
        Assert.Equal(9, window.Floor);
        Assert.Empty(window.Above);
        Assert.True(window.Contains(4));
        window.Settle(3);
        Assert.Equal(9, window.Floor);
    }

    [Fact]
    public void It_agrees_with_a_set_of_numbers_whatever_is_noted_and_settled() =>
        Gen.Select(Gen.Bool, Gen.Long[1, 60]).Array[0, 80].Sample(steps =>
        {
            var window = new SequenceWindow();
            var seen = new SortedSet<long>();
            foreach (var (isSettled, number) in steps)
            {
                if (isSettled && number % 4 == 0)
                {
                    window.Settle(number);
                    seen.UnionWith(Enumerable.Range(1, (int)number - 1).Select(i => (long)i));
                }
                else
                {
                    window.Add(number);
                    seen.Add(number);
                }

                var floor = Enumerable.Range(1, 61).First(i => !seen.Contains(i)) - 1;
                Assert.Equal(floor, window.Floor);
                Assert.Equal(seen.Where(i => i > floor), window.Above);
                Assert.Equal(seen.Count(i => i > floor), window.AboveCount);
                Assert.Equal(seen.Max, window.Highest);
                Assert.All(Enumerable.Range(1, 61), i => Assert.Equal(seen.Contains(i), window.Contains(i)));
            }
        });

    [Fact]
    public void A_stored_window_is_the_same_again() =>
        Gen.Select(Gen.Long[1, 60].Array[0, 40], Gen.Long[1, 60]).Sample((sequences, settled) =>
        {
            var window = new SequenceWindow();
            Array.ForEach(sequences, window.Add);
            window.Settle(settled);
            var loaded = new SequenceWindow(window.Floor, window.Above);
            Assert.All(Enumerable.Range(1, 61), sequence => Assert.Equal(window.Contains(sequence), loaded.Contains(sequence)));
        });
}
