using System.Collections;
using System.Text.Json;

namespace QLearning.Learning.QTables;

/// <summary>
/// The distinct actions of an agent type: by key and JSON text, since two rows may describe one key differently. Each of them has an index,
/// so that a Q-value holds three bytes instead of a key and a JSON text.
/// </summary>
public sealed class ActionSet
{
    /// <summary>The most distinct actions of one agent type, descriptions counted: an index has 24 bits.</summary>
    public const int MaxCount = (1 << 24) - 1;

    private readonly Dictionary<ActionKey, Described> _keys = [];

    // All but the first description of each key, which most keys never have.
    private readonly Dictionary<(ActionKey Key, string Json), int> _others = [];
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = new();

    /// <summary>How many actions have been met, however many descriptions each has.</summary>
    public int Count => _keys.Count;

    /// <summary>How many descriptions they have together.</summary>
    public int DescriptionCount => _slots.Count - _free.Count;

    /// <summary>All indexes are below it.</summary>
    internal int IndexEnd => _slots.Count;

    /// <summary>The action at an index; its JSON is never null.</summary>
    /// <param name="index">An index that <see cref="Intern(ActionKey, string?)"/> returned.</param>
    public AgentAction this[int index] => _slots[index].Action;

    /// <summary>The index of an action with a description, a new one when it is met for the first time.</summary>
    /// <param name="action">The action's key.</param>
    /// <param name="json">
    /// Its JSON description, or null: the key as a JSON string. Not what other rows call it, which would depend on which was met first.
    /// </param>
    /// <exception cref="InvalidInputException">The agent type has <see cref="MaxCount"/> actions already.</exception>
    public int Intern(ActionKey action, string? json) => Intern(action, json, out _);

    /// <summary>An index of an action that has been met: that of its first description.</summary>
    /// <param name="action">The action's key.</param>
    /// <param name="index">Its index, or 0.</param>
    public bool TryGetIndex(ActionKey action, out int index)
    {
        var isKnown = _keys.TryGetValue(action, out var known);
        index = isKnown ? known!.First : 0;
        return isKnown;
    }

    /// <summary>Whether two indexes are of the same action, be it described differently.</summary>
    /// <param name="index">An index.</param>
    /// <param name="other">Another one.</param>
    public bool AreSame(int index, int other) => index == other || _slots[index].Of == _slots[other].Of;

    /// <summary>As <see cref="Intern(ActionKey, string?)"/>; says whether the index is a new one.</summary>
    internal int Intern(ActionKey action, string? json, out bool added)
    {
        added = false;
        if (!_keys.TryGetValue(action, out var known))
        {
            added = true;
            return AddKey(action, json);
        }

        if (json is null)
        {
            return known.StandIn ??= Intern(known, action, StandInOf(action), out added);
        }

        return Intern(known, action, json, out added);
    }

    /// <summary>Whether an action has more than one description: then its entries are found by <see cref="AreSame"/> alone.</summary>
    internal bool HasSeveral(int index) => _slots[index].Of!.Count > 1;

    /// <summary>Takes the newest index back.</summary>
    internal void Remove(int index)
    {
        var (action, known) = _slots[index];
        Free(index);
        if (--known!.Count == 0)
        {
            _keys.Remove(action.Key);
            return;
        }

        _others.Remove((action.Key, action.Json!));
        known.Forget(index);
    }

    /// <summary>Forgets descriptions that no Q-value has any more. Each action keeps its first.</summary>
    /// <param name="used">By index below <see cref="IndexEnd"/>, which are used.</param>
    internal void KeepOnly(BitArray used)
    {
        foreach (var (description, index) in _others)
        {
            var known = _slots[index].Of!;
            if (!used[index])
            {
                // Removing while enumerating is allowed.
                _others.Remove(description);
                known.Count--;
                known.Forget(index);
                Free(index);
            }
        }
    }

    private int AddKey(ActionKey action, string? json)
    {
        var known = new Described { Count = 1 };
        var index = Add(new Slot(new AgentAction(action, json ?? StandInOf(action)), known));
        (known.First, known.StandIn) = (index, json is null ? index : null);
        _keys.Add(action, known);
        return index;
    }

    private int Intern(Described known, ActionKey action, string json, out bool added)
    {
        added = false;
        if (_slots[known.First].Action.Json == json)
        {
            return known.First;
        }

        if (_others.TryGetValue((action, json), out var index))
        {
            return index;
        }

        added = true;
        index = Add(new Slot(new AgentAction(action, json), known));
        _others.Add((action, json), index);
        known.Count++;
        return index;
    }

    private static string StandInOf(ActionKey action) => JsonSerializer.Serialize(action.ToString());

    private int Add(Slot slot)
    {
        if (_free.TryPop(out var index))
        {
            _slots[index] = slot;
            return index;
        }

        if (_slots.Count == MaxCount)
        {
            throw InvalidInputException.For(
                "action", slot.Action.Key, $"the agent type has {MaxCount} actions", $"at most {MaxCount} distinct actions");
        }

        _slots.Add(slot);
        return _slots.Count - 1;
    }

    private void Free(int index)
    {
        _slots[index] = default;
        _free.Push(index);
    }

    private readonly record struct Slot(AgentAction Action, Described? Of);

    /// <summary>One key and its descriptions.</summary>
    private sealed class Described
    {
        /// <summary>The first description; it is never forgotten.</summary>
        public int First { get; set; }

        /// <summary>The key itself, which stands where no description is given; null: it was not needed yet.</summary>
        public int? StandIn { get; set; }

        public int Count { get; set; }

        /// <summary>An index of it is free.</summary>
        public void Forget(int index) => StandIn = StandIn == index ? null : StandIn;
    }
}
