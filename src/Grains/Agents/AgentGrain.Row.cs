using QLearning.Abstractions;
using QLearning.Storage.Agents;

namespace QLearning.Grains.Agents;

/// <summary>How the row of an agent is found, read again and made.</summary>
internal sealed partial class AgentGrain
{
    private async Task<AgentRow?> FindAsync()
    {
        var changed = _changed ??= marks.Of(Key);
        // That there was none is not remembered: a row that SQL inserts is not noted.
        if (!changed.Take() && _row is not null)
        {
            return _row;
        }

        try
        {
            var found = await store.FindAsync(Key, CancellationToken.None);

            if (found is null && _run is not null)
            {
                // Where a SQL program deleted the row, the episode that runs is still played to its end, which brings no row back; but not
                // when its type was deleted, of which the cache may hear only now.
                await DropOfUnknownTypeAsync();
                changed.Set();
            }

            _row = found ?? (_run is null ? null : _row);
        }
        catch (StorageUnavailableException) when (_row is not null)
        {
            changed.Set();
        }

        if (_row?.Info.SettingsError is { } problem)
        {
            logger.SettingsUnusable(Key.ToString(), problem);
        }

        return _row;
    }

    private async Task<AgentRow> KnownAsync()
    {
        if (await FindAsync() is { } row)
        {
            return row;
        }

        // A name that was not registered must not keep a grain in memory.
        DeactivateOnIdle();
        throw await IsTypeKnownAsync()
            ? UnknownAgentException.For(Key.ToString())
            : UnknownAgentTypeException.For(Key.AgentType);
    }

    private async Task DropOfUnknownTypeAsync()
    {
        if (!await IsTypeKnownAsync())
        {
            Drop("its agent type was deleted");
        }
    }

    private async Task<bool> IsTypeKnownAsync()
    {
        try
        {
            await types.GetAsync(Key.AgentType, CancellationToken.None);
            return true;
        }
        catch (UnknownAgentTypeException)
        {
            return false;
        }
        catch (QLearningException)
        {
            // What cannot be asked now was known before.
            return true;
        }
    }

    private async Task<AgentRow> RegisteredAsync()
    {
        if (await FindAsync() is null)
        {
            var type = await types.GetAsync(Key.AgentType, CancellationToken.None);
            if (!await InsertAsync(type, new AgentRegistration()))
            {
                // A SQL program was quicker.
                return await KnownAsync();
            }
        }

        return _row!;
    }

    private async Task<bool> InsertAsync(AgentTypeInfo type, AgentRegistration own)
    {
        var inserted = await _changed!.SetIfInDoubtAsync(store.InsertAsync(
            Key, own.ExplorationRate ?? type.ExplorationRate, own.LearningRate ?? type.LearningRate, own, CancellationToken.None));
        _row = inserted ?? _row;
        // What is deleted from now on is another agent of the name.
        _deleted = null;
        return inserted is not null;
    }
}
