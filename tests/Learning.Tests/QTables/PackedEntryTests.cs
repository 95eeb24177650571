using System.Runtime.CompilerServices;

namespace QLearning.Learning.Tests.QTables;

/// <summary>Pins the size of an entry and the ranges of what it packs.</summary>
public class PackedEntryTests
{
    [Fact]
    public void An_entry_has_32_bytes() => Assert.Equal(32, Unsafe.SizeOf<PackedEntry>());

    [Fact]
    public void Action_index_and_flags_do_not_touch_each_other()
    {
        var entry = new PackedEntry(ActionSet.MaxCount);
        entry.Raise(EntryFlags.Dirty);
        entry.Raise(EntryFlags.InFlight);
        entry.Raise(EntryFlags.ExpiryMoved);
        Assert.Equal(ActionSet.MaxCount, entry.ActionIndex);
        entry.Lower(EntryFlags.InFlight);
        Assert.True(entry.Has(EntryFlags.Dirty));
        Assert.False(entry.Has(EntryFlags.InFlight));
        Assert.True(entry.Has(EntryFlags.ExpiryMoved));
        Assert.Equal(ActionSet.MaxCount, entry.ActionIndex);
    }

    [Fact]
    public void Confidence_and_uncertainty_stay_within_0_and_1_however_often_it_is_visited() =>
        Gen.Int[0, 200].Sample(visits =>
        {
            var entry = default(PackedEntry);
            entry.Start(1);
            for (var i = 0; i < visits; i++)
            {
                entry.Visit(1);
            }

            Assert.Equal(Math.Min(1, 0.5 + (visits * 0.01)), entry.Confidence, 9);
            Assert.Equal(Math.Max(0, 0.5 - (visits * 0.01)), entry.Uncertainty, 9);
            Assert.Equal(visits + 1, entry.Visits);
        });

    [Fact]
    public void Visits_stop_at_the_largest_integer()
    {
        var entry = new PackedEntry(0) { Visits = int.MaxValue };
        entry.Visit(1);
        Assert.Equal(int.MaxValue, entry.Visits);
    }

    [Fact]
    public void Scores_read_from_the_database_come_back_to_the_last_of_four_decimals() =>
        Gen.Int[0, 10_000].Sample(score => Assert.Equal(score, PackedEntry.ToScore(score / 10_000.0)));

    [Theory]
    [InlineData("1960-01-01T00:00:00Z", "1970-01-01T00:00:01Z")]
    [InlineData("2026-08-01T12:00:00Z", "2026-08-01T12:00:00Z")]
    [InlineData("2106-02-07T06:28:15Z", "2106-02-07T06:28:15Z")]
    [InlineData("2106-02-07T06:28:16Z", null)]
    [InlineData("9999-12-31T23:59:59Z", null)]
    public void Expiries_before_32_bits_are_long_ago_and_those_after_never(string time, string? kept) =>
        Assert.Equal(
            kept is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(kept, System.Globalization.CultureInfo.InvariantCulture),
            Expiry.ToTime(Expiry.From(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void Never_stays_never() => Assert.Null(Expiry.ToTime(Expiry.From(null)));

    [Fact]
    public void A_time_to_live_of_a_century_ends_with_the_range() =>
        Assert.Equal(uint.MaxValue, Expiry.After(1_800_000_000, TimeSpan.FromDays(36_500)));
}
