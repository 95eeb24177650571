namespace QLearning.Grains.Tests.Fixtures;

/// <summary>Reads a listing to its end.</summary>
internal static class Pages
{
    /// <summary>All rows of all pages, each page but the last being full.</summary>
    /// <param name="limit">The rows of a page.</param>
    /// <param name="read">Reads the page after a place.</param>
    public static async Task<List<TRow>> AllAsync<TRow, TPlace>(
        int limit, Func<TPlace?, Task<(IReadOnlyList<TRow> Rows, TPlace? Next)>> read)
        where TPlace : class
    {
        var all = new List<TRow>();
        TPlace? place = null;
        do
        {
            (var rows, place) = await read(place);
            Assert.True(place is null ? rows.Count <= limit : rows.Count == limit);
            all.AddRange(rows);
        }
        while (place is not null);

        return all;
    }
}
