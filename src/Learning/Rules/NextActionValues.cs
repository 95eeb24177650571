using System.Runtime.InteropServices;

namespace QLearning.Learning.Rules;

/// <summary>
/// The actions that count in a next state: those learned there, and those the caller says are possible, which start at Q-value 0 and
/// no visits. The buffers are kept, so that collecting allocates nothing in the long run.
/// </summary>
internal sealed class NextActionValues
{
    private readonly List<double> _qValues = [];
    private readonly List<int> _visits = [];
    private readonly HashSet<ActionKey> _unlearned = [];

    public ReadOnlySpan<double> QValues => CollectionsMarshal.AsSpan(_qValues);

    public ReadOnlySpan<int> Visits => CollectionsMarshal.AsSpan(_visits);

    public void Collect(QTable table, StateKey state, IReadOnlyList<ActionKey>? possible)
    {
        _qValues.Clear();
        _visits.Clear();
        foreach (var entry in table.GetEntries(state))
        {
            Add(entry.QValue, entry.VisitCount);
        }

        if (possible is null)
        {
            return;
        }

        _unlearned.Clear();
        for (var i = 0; i < possible.Count; i++)
        {
            if (!table.TryGet(state, possible[i], out _) && _unlearned.Add(possible[i]))
            {
                Add(0, 0);
            }
        }
    }

    private void Add(double qValue, int visits)
    {
        _qValues.Add(qValue);
        _visits.Add(visits);
    }
}
