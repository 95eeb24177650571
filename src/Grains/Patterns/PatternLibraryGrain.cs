using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Grains.AgentTypes;
using QLearning.Grains.SqlChanges;
using QLearning.Learning.Patterns;
using QLearning.Storage.Patterns;

namespace QLearning.Grains.Patterns;

/// <summary>
/// The patterns of one agent type. Each call after the first finds them in memory; they are read anew when a SQL program has written them,
/// and each minute in any case.
/// </summary>
[Reentrant]
internal sealed class PatternLibraryGrain(
    PatternStore store,
    AgentTypeCache types,
    ChangeMarks marks,
    PatternInstruments instruments,
    TimeProvider time,
    ILogger<PatternLibraryGrain> logger) : Grain, IPatternLibraryGrain
{
    private static readonly TimeSpan _reloadInterval = TimeSpan.FromMinutes(1);

    private readonly PatternUseRecorder _recorder = new(store, time);
    private readonly Dictionary<Guid, Pattern> _putWhileReading = [];
    private ChangeMark? _changed;

    // So that the answer to a use which is still under way does not bring one back; until a read that began later finds it again.
    private readonly Dictionary<Guid, (DeletedRows[] Rows, long AfterRead)> _deleted = [];
    private PatternLibrary? _library;
    private Task<PatternLibrary>? _loading;
    private int _readsUnderWay;
    private long _reads;
    private long _libraryRead;

    private string AgentType => AgentTypeKey.For(this.GetPrimaryKeyString()).AgentType;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(static (grain, _) => grain.ReloadQuietlyAsync(), this, _reloadInterval, _reloadInterval);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_changed is { } mark)
        {
            marks.RemovePatterns(AgentType, mark);
        }

        return Task.CompletedTask;
    }

    public async ValueTask<Pattern> Store(NewPattern pattern)
    {
        PatternCheck.New(pattern);
        if (pattern.TriggerConditionsJson is { } conditions)
        {
            TriggerConditions.Parse(conditions);
        }

        await RequireActiveAsync();
        await LibraryAsync();
        var stored = await _changed!.SetIfInDoubtAsync(store.StoreAsync(AgentType, pattern, CancellationToken.None));
        if (_deleted.ContainsKey(stored.Id))
        {
            // Whether it was deleted before or after, only the table tells.
            await ReadChangedAsync();
        }
        else
        {
            Put(stored);
        }

        return stored;
    }

    public async ValueTask<Pattern> Get(Guid id) =>
        (await LibraryAsync()).Find(id, time.GetUtcNow()) ?? throw UnknownPatternException.For(id);

    public async ValueTask<Pattern> GetByName(string name, int? version)
    {
        PatternCheck.Name(name);
        return (await LibraryAsync()).Find(name, version, time.GetUtcNow()) ?? throw UnknownPatternException.For(
            version is { } number ? FormattableString.Invariant($"{name}' in version '{number}") : name);
    }

    public async ValueTask<PatternMatch[]> Search(PatternQuery query)
    {
        PatternCheck.Query(query);
        var began = time.GetTimestamp();
        var found = (await LibraryAsync()).Search(query, time.GetUtcNow());
        instruments.Searched(AgentType, found.Length > 0, time.GetElapsedTime(began));
        return found;
    }

    public async ValueTask<Pattern[]> RecordUses(PatternUse[] uses)
    {
        PatternCheck.Uses(uses);
        await RequireActiveAsync();
        var library = await LibraryAsync();
        var now = time.GetUtcNow();
        foreach (var use in uses)
        {
            _ = library.Find(use.PatternId, now) ?? throw UnknownPatternException.For(use.PatternId);
        }

        if (uses.Length == 0)
        {
            return [];
        }

        var counted = await _recorder.RecordAsync(uses);
        foreach (var pattern in counted.Values)
        {
            Put(pattern);
        }

        // An id that came with another pattern at the same time counts for one of the two: the other is as it was.
        library = await LibraryAsync();
        return Array.ConvertAll(uses, use => counted.GetValueOrDefault(use.PatternId)
            ?? library.Find(use.PatternId, now) ?? throw UnknownPatternException.For(use.PatternId));
    }

    public async ValueTask<DeletedRows[]> Delete(Guid id, bool isDryRun)
    {
        await types.GetAsync(AgentType, CancellationToken.None);
        if (await store.RemoveAsync(AgentType, id, isDryRun, CancellationToken.None) is not { } rows)
        {
            // Perhaps asked again because the answer was lost.
            return !isDryRun && _deleted.TryGetValue(id, out var before) ? before.Rows : throw UnknownPatternException.For(id);
        }

        if (!isDryRun)
        {
            _deleted[id] = (rows, _reads);
            _library?.Remove(id);
            await ReadChangedAsync();
        }

        return rows;
    }

    public async ValueTask Reload()
    {
        // Not one that is under way: that may have begun before what the caller wants to see.
        await ReadAsync();
    }

    // What a read under way brings may be older than what is put here.
    private void Put(Pattern pattern)
    {
        if (_deleted.ContainsKey(pattern.Id))
        {
            return;
        }

        if (_readsUnderWay > 0)
        {
            _putWhileReading[pattern.Id] = Newer(_putWhileReading.GetValueOrDefault(pattern.Id), pattern);
        }

        if (_library is { } library)
        {
            library.Put(Newer(library.Find(pattern.Id, time.GetUtcNow()), pattern));
        }
    }

    // Answers of statements that ran at the same time come in any order; uses are only added.
    private static Pattern Newer(Pattern? known, Pattern other) => known is not null && known.UsageCount > other.UsageCount ? known : other;

    private async Task RequireActiveAsync() => AgentTypeCheck.Active(await types.GetAsync(AgentType, CancellationToken.None));

    private ValueTask<PatternLibrary> LibraryAsync() => _library is not { } library || _changed is not { IsSet: false } ? new(LoadAsync())
        : library.IsEmpty ? new(OfKnownTypeAsync(library))
        : new(library);

    /// <summary>A type that a SQL program deletes takes its patterns along: where there are none, it may be gone itself.</summary>
    private async Task<PatternLibrary> OfKnownTypeAsync(PatternLibrary library)
    {
        try
        {
            await types.GetAsync(AgentType, CancellationToken.None);
        }
        catch (UnknownAgentTypeException)
        {
            Forget();
            throw;
        }
        catch (QLearningException)
        {
            // What cannot be asked now was known before.
        }

        return library;
    }

    private async Task<PatternLibrary> LoadAsync()
    {
        var loading = _loading ??= ReadAsync();
        try
        {
            return await loading;
        }
        catch (Exception error) when (_library is not null && error is StorageUnavailableException or InvalidInputException)
        {
            // PostgreSQL is away, or the type's settings cannot be used: memory goes on until they can be read again.
            return _library!;
        }
        catch (Exception)
        {
            Forget();
            throw;
        }
        finally
        {
            _loading = _loading == loading ? null : _loading;
        }
    }

    private async Task<PatternLibrary> ReadAsync()
    {
        _readsUnderWay++;
        var wasChanged = (_changed ??= marks.OfPatterns(AgentType)).Take();
        try
        {
            await types.GetAsync(AgentType, CancellationToken.None);
            var number = ++_reads;
            var patterns = await store.LoadAsync(AgentType, CancellationToken.None);
            foreach (var pattern in patterns.Where(pattern => _deleted.TryGetValue(pattern.Id, out var gone) && gone.AfterRead < number))
            {
                // A SQL program, or whoever stored it with its id, brought it back.
                _deleted.Remove(pattern.Id);
            }

            var library = new PatternLibrary(patterns.Where(pattern => !_deleted.ContainsKey(pattern.Id)));
            foreach (var (id, pattern) in _putWhileReading.Where(put => !_deleted.ContainsKey(put.Key)))
            {
                library.Put(Newer(library.Find(id, time.GetUtcNow()), pattern));
            }

            if (number > _libraryRead)
            {
                (_library, _libraryRead) = (library, number);
            }

            return _library ?? library;
        }
        catch when (wasChanged)
        {
            // What was noted is still to be read.
            _changed.Set();
            throw;
        }
        finally
        {
            if (--_readsUnderWay == 0)
            {
                _putWhileReading.Clear();
            }
        }
    }

    /// <summary>Reads after a change that is done, which an error would deny: what cannot be read now is read later.</summary>
    private async Task ReadChangedAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception error) when (error is StorageUnavailableException or InvalidInputException)
        {
            _changed!.Set();
        }
    }

    /// <summary>Answers no call from what it had, should one come before the activation has ended.</summary>
    private void Forget()
    {
        _library = null;
        _deleted.Clear();
        DeactivateOnIdle();
    }

    private async Task ReloadQuietlyAsync()
    {
        if (_library is null)
        {
            return;
        }

        try
        {
            await ReadAsync();
        }
        catch (UnknownAgentTypeException)
        {
            // The type was deleted, and with it the patterns.
            Forget();
        }
        catch (QLearningException error)
        {
            logger.ReloadFailed(AgentType, error.Message);
        }
    }
}
