using QLearning.Abstractions;
using QLearning.Grains.SqlChanges;

namespace QLearning.Grains.QTables;

/// <summary>How the grain takes over what other programs write through SQL.</summary>
internal sealed partial class AgentTypeGrain : ISharedTable
{
    // What the silo tells changes to.
    private ISharedTable OwnReference => GrainFactory.GetGrain<ISharedTable>(this.GetPrimaryKeyString());

    public async Task TakeOver(SqlChangeSet changes)
    {
        if (_hot is null && _loading is null)
        {
            return;
        }

        var hot = await HotAsync();
        if (changes.IsSettings)
        {
            await ChangeSettingsAsync(hot);
        }

        if (changes.IsAnyState || changes.States.Count > 0)
        {
            hot.Refresh(changes.IsAnyState ? null : changes.States);
        }
    }

    private async Task ChangeSettingsAsync(HotTable hot)
    {
        try
        {
            var changed = await UntilStopAsync(factory.ReadTypeAsync(hot.Type.AgentType));
            hot.Change(changed);
            await Release(changed.Settings.Partitions);
        }
        catch (InvalidInputException error)
        {
            // Another program wrote it; agents go on with the settings from before.
            logger.SettingsRefused(error, hot.Type.AgentType);
        }
        catch (UnknownAgentTypeException)
        {
            // What else is told of the type now would only wake it up again.
            active.Remove(Key.AgentType, OwnReference);
            DeactivateOnIdle();
        }
    }
}
