namespace QLearning.Learning.QTables;

/// <summary>Lets a set of rows be searched by key, so that the key is held once, in the row.</summary>
internal sealed class QRowComparer : IEqualityComparer<QRow>, IAlternateEqualityComparer<StateKey, QRow>
{
    public static readonly QRowComparer Instance = new();

    public QRow Create(StateKey alternate) => new(alternate);

    public bool Equals(QRow? x, QRow? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Key == y.Key);

    public bool Equals(StateKey alternate, QRow other) => alternate == other.Key;

    public int GetHashCode(QRow obj) => obj.Key.GetHashCode();

    public int GetHashCode(StateKey alternate) => alternate.GetHashCode();
}
