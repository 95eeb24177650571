using System.Text.Json;

namespace QLearning.Learning.QTables;

/// <summary>
/// The distinct actions of an agent type. An action gets an index when it is first met and keeps it, so that a Q-value holds three
/// bytes instead of a key and a JSON text.
/// </summary>
public sealed class ActionSet
{
    /// <summary>The most distinct actions of one agent type: an index has 24 bits.</summary>
    public const int MaxCount = (1 << 24) - 1;

    private readonly Dictionary<ActionKey, int> _indexes = [];
    private readonly List<Slot> _slots = [];

    /// <summary>How many actions have been met.</summary>
    public int Count => _slots.Count;

    /// <summary>The action at an index; its JSON is never null.</summary>
    /// <param name="index">An index that <see cref="Intern(ActionKey, string?)"/> returned.</param>
    public AgentAction this[int index] => _slots[index].Action;

    /// <summary>The index of an action, a new one when it is met for the first time.</summary>
    /// <param name="action">The action's key.</param>
    /// <param name="json">
    /// Its JSON description, or null: the key as a JSON string. A description given later replaces that stand-in, but no other one.
    /// </param>
    /// <exception cref="InvalidInputException">The agent type has <see cref="MaxCount"/> actions already.</exception>
    public int Intern(ActionKey action, string? json) => Intern(action, json, out _);

    /// <summary>Replaces the description of an action.</summary>
    /// <param name="index">An index that <see cref="Intern(ActionKey, string?)"/> returned.</param>
    /// <param name="json">The JSON.</param>
    public void SetJson(int index, string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        _slots[index] = new Slot(new AgentAction(_slots[index].Action.Key, json), IsStandIn: false);
    }

    /// <summary>The index of an action that has been met.</summary>
    /// <param name="action">The action's key.</param>
    /// <param name="index">Its index, or 0.</param>
    public bool TryGetIndex(ActionKey action, out int index) => _indexes.TryGetValue(action, out index);

    /// <summary>As <see cref="Intern(ActionKey, string?)"/>; says whether a stand-in gave way to a description.</summary>
    internal int Intern(ActionKey action, string? json, out bool described)
    {
        described = false;
        if (!_indexes.TryGetValue(action, out var index))
        {
            return Add(action, json);
        }

        if (json is not null && _slots[index].IsStandIn)
        {
            described = true;
            SetJson(index, json);
        }

        return index;
    }

    /// <summary>Takes a description back: the stand-in returns.</summary>
    internal void Undescribe(int index) => _slots[index] = Slot.StandIn(_slots[index].Action.Key);

    /// <summary>Takes the newest actions back, so that <paramref name="count"/> are left.</summary>
    internal void Truncate(int count)
    {
        for (var index = _slots.Count - 1; index >= count; index--)
        {
            _indexes.Remove(_slots[index].Action.Key);
            _slots.RemoveAt(index);
        }
    }

    private int Add(ActionKey action, string? json)
    {
        if (_slots.Count == MaxCount)
        {
            throw InvalidInputException.For(
                "action", action, $"the agent type has {MaxCount} actions", $"at most {MaxCount} distinct actions");
        }

        _slots.Add(json is null ? Slot.StandIn(action) : new Slot(new AgentAction(action, json), IsStandIn: false));
        return _indexes[action] = _slots.Count - 1;
    }

    private readonly record struct Slot(AgentAction Action, bool IsStandIn)
    {
        public static Slot StandIn(ActionKey key) => new(new AgentAction(key, JsonSerializer.Serialize(key.ToString())), IsStandIn: true);
    }
}
