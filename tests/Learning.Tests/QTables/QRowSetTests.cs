using System.Globalization;

namespace QLearning.Learning.Tests.QTables;

/// <summary>The set of rows finds what was added and not removed, however much their places collide.</summary>
public class QRowSetTests
{
    [Fact]
    public void It_has_what_a_dictionary_has() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 9]).Array[0, 400].Sample(steps =>
        {
            var set = new QRowSet();
            var model = new Dictionary<StateKey, QRow>();
            foreach (var (number, step) in steps)
            {
                Do(set, model, Key(number), step);
                Assert.Equal(model.Count, set.Count);
            }

            Assert.All(Enumerable.Range(0, 41), number => Assert.Same(model.GetValueOrDefault(Key(number)), set.Find(Key(number))));
            Assert.Equal(model.Values.OrderBy(row => row.Key), set.OrderBy(row => row.Key));
        });

    [Fact]
    public void It_grows_once_when_it_is_told_what_comes()
    {
        var set = new QRowSet();
        set.EnsureCapacity(10_000);
        foreach (var number in Enumerable.Range(0, 10_000))
        {
            set.Add(new QRow(Key(number)));
        }

        Assert.All(Enumerable.Range(0, 10_000), number => Assert.Equal(Key(number), set.Find(Key(number))!.Key));
        Assert.Null(set.Find(Key(10_000)));
    }

    private static void Do(QRowSet set, Dictionary<StateKey, QRow> model, StateKey key, int step)
    {
        if (step == 9)
        {
            set.RemoveWhere(row => row.Key < key);
            model.Keys.Where(known => known < key).ToList().ForEach(known => model.Remove(known));
        }
        else if (!model.Remove(key, out var row))
        {
            set.Add(model[key] = new QRow(key));
        }
        else
        {
            set.Remove(row);
        }
    }

    /// <summary>Many numbers share one of few hash codes, some of them at the end of the array, where places wrap around.</summary>
    private static StateKey Key(int number) => StateKey.Parse(
        string.Create(CultureInfo.InvariantCulture, $"{number % 5 * 3:x16}{0:x32}{number:x16}"));
}
