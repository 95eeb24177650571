namespace QLearning.Storage.Sql;

/// <summary>Makes a page of the rows that were read for it: one more than its limit, which says whether there is a next page.</summary>
internal static class PageOf
{
    /// <summary>The page, with the place where the next one begins.</summary>
    /// <param name="rows">What was read, in order.</param>
    /// <param name="limit">The most rows of a page.</param>
    /// <param name="placeOf">The place of a row.</param>
    /// <param name="make">Makes the page; it is given no place when it is the last one.</param>
    public static TPage Rows<TRow, TPlace, TPage>(
        List<TRow> rows, int limit, Func<TRow, TPlace> placeOf, Func<IReadOnlyList<TRow>, TPlace?, TPage> make)
        where TPlace : class
    {
        if (rows.Count <= limit)
        {
            return make(rows, null);
        }

        TRow[] page = [.. rows.Take(limit)];
        return make(page, placeOf(page[^1]));
    }
}
