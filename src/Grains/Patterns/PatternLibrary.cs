using System.Text.Json;
using QLearning.Abstractions;
using QLearning.Abstractions.Json;
using QLearning.Learning.Patterns;

namespace QLearning.Grains.Patterns;

/// <summary>The patterns of one agent type in memory, found by id, name, trigrams and content. Belongs to its grain's turns.</summary>
internal sealed class PatternLibrary
{
    private readonly Dictionary<Guid, Entry> _entries = [];
    private readonly Dictionary<string, List<Entry>> _versions = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly TrigramIndex _index = new();

    public PatternLibrary(IEnumerable<Pattern> patterns)
    {
        foreach (var pattern in patterns.OrderBy(pattern => pattern.Version))
        {
            Put(pattern);
        }
    }

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Adds a pattern, or takes its new numbers.</summary>
    public void Put(Pattern pattern)
    {
        if (_entries.TryGetValue(pattern.Id, out var known))
        {
            if (known.Pattern.Name == pattern.Name && known.Pattern.Version == pattern.Version)
            {
                known.Pattern = pattern;
                return;
            }

            // A SQL program renamed it.
            _versions[known.Pattern.Name].Remove(known);
        }

        var entry = new Entry { Pattern = pattern };
        _entries[pattern.Id] = entry;
        if (!_versions.TryGetValue(pattern.Name, out var versions))
        {
            _versions.Add(pattern.Name, versions = []);
            _names.Add(pattern.Name);
            _index.Add(pattern.Name);
        }

        // Two silos of one name may store at the same moment: the order of arrival is not that of the versions.
        var place = versions.FindLastIndex(other => other.Pattern.Version < pattern.Version) + 1;
        versions.Insert(place, entry);
    }

    /// <summary>Takes a pattern out, if it is there.</summary>
    public void Remove(Guid id)
    {
        if (_entries.Remove(id, out var known))
        {
            _versions[known.Pattern.Name].Remove(known);
        }
    }

    public Pattern? Find(Guid id, DateTimeOffset now) =>
        _entries.TryGetValue(id, out var entry) && entry.IsLive(now) ? entry.Pattern : null;

    public Pattern? Find(string name, int? version, DateTimeOffset now) => _versions.TryGetValue(name, out var versions)
        ? versions.FindLast(entry => entry.IsLive(now) && (version is null || entry.Pattern.Version == version))?.Pattern
        : null;

    public PatternMatch[] Search(PatternQuery query, DateTimeOffset now)
    {
        using var contained = query.ContainsJson is { } part ? JsonDocument.Parse(part) : null;
        using var state = query.StateJson is { } described ? JsonDocument.Parse(described) : null;
        var names = query.Name is { } name
            ? _index.Find(name, query.MinSimilarity).Select(found => (Name: _names[found.Number], found.Similarity))
            : _names.Select(known => (Name: known, Similarity: 1.0));
        return
        [
            .. names
                .SelectMany(found => Versions(found.Name, query.AllVersions, now).Select(entry => (Entry: entry, found.Similarity)))
                .Where(found => found.Entry.Fits(query, contained?.RootElement, state?.RootElement))
                .Select(found => new PatternMatch(found.Entry.Pattern, found.Similarity))
                .OrderByDescending(match => match.Similarity)
                .ThenByDescending(match => match.Pattern.Confidence)
                .ThenByDescending(match => match.Pattern.AverageReward)
                .ThenBy(match => match.Pattern.Name, StringComparer.Ordinal)
                .ThenByDescending(match => match.Pattern.Version)
                .Take(query.Limit),
        ];
    }

    private IEnumerable<Entry> Versions(string name, bool all, DateTimeOffset now) => all
        ? _versions[name].Where(entry => entry.IsLive(now))
        : _versions[name].FindLast(entry => entry.IsLive(now)) is { } newest ? [newest] : [];

    private sealed class Entry
    {
        private Lazy<JsonElement> _data = null!;
        private Lazy<TriggerConditions?> _conditions = null!;
        private Pattern? _pattern;

        /// <summary>The pattern. What is searched follows its texts, which a use of it may find changed by a SQL program.</summary>
        public required Pattern Pattern
        {
            get => _pattern!;
            set
            {
                if (_pattern?.DataJson != value.DataJson)
                {
                    _data = new(() => Parse(value.DataJson), LazyThreadSafetyMode.None);
                }

                if (_pattern?.TriggerConditionsJson != value.TriggerConditionsJson || _pattern is null)
                {
                    _conditions = new(() => Conditions(value), LazyThreadSafetyMode.None);
                }

                _pattern = value;
            }
        }

        public bool IsLive(DateTimeOffset now) => Pattern.ExpiresAt is not { } end || end > now;

        public bool Fits(PatternQuery query, JsonElement? contained, JsonElement? state) =>
            (query.Type is null || query.Type == Pattern.Type)
            && (query.Category is null || query.Category == Pattern.Category)
            && (contained is not { } part || JsonContainment.Contains(_data.Value, part))
            && (state is not { } described || Pattern.TriggerConditionsJson is null || _conditions.Value?.Hold(described) == true);

        private static JsonElement Parse(string json)
        {
            using var document = JsonText.ParseStored(json);
            return document.RootElement.Clone();
        }

        // Another program may have written conditions that cannot be read; such a pattern applies to no state.
        private static TriggerConditions? Conditions(Pattern pattern)
        {
            try
            {
                return TriggerConditions.Parse(pattern.TriggerConditionsJson!);
            }
            catch (InvalidInputException)
            {
                return null;
            }
        }
    }
}
