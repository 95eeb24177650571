using System.Reflection;
using System.Runtime.CompilerServices;

namespace QLearning.Testing;

/// <summary>
/// What an object keeps in memory. Counted from its fields: the heap as a whole also tells of what other tests are leaving behind.
/// </summary>
public sealed class ObjectGraph
{
    // On a 64-bit system: the header and the type of an object, and the length of an array.
    private const int ObjectBytes = 16;
    private const int ArrayBytes = 24;

    private readonly Dictionary<Type, FieldInfo[]> _fields = [];

    private ObjectGraph()
    {
    }

    /// <summary>The bytes of all objects that can be reached from one, each counted once.</summary>
    public static long BytesReachableFrom(object root) => new ObjectGraph().Count(root);

    private long Count(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { root };
        var open = new Stack<object>(seen);
        var bytes = 0L;
        while (open.TryPop(out var item))
        {
            bytes += BytesOf(item);
            foreach (var reached in ReferencesOf(item))
            {
                if (seen.Add(reached))
                {
                    open.Push(reached);
                }
            }
        }

        return bytes;
    }

    private long BytesOf(object item) => item switch
    {
        string text => RoundedUp(ObjectBytes + sizeof(int) + ((text.Length + 1L) * sizeof(char))),
        Array array => RoundedUp(ArrayBytes + (array.LongLength * SizeOf(item.GetType().GetElementType()!))),
        _ => ObjectBytes + FieldsOf(item.GetType()).Sum(field => RoundedUp(SizeOf(field.FieldType))),
    };

    private IEnumerable<object> ReferencesOf(object item)
    {
        if (item is string or MemberInfo)
        {
            return [];
        }

        if (item is not Array array)
        {
            return FieldsOf(item.GetType()).SelectMany(field => ReferencesIn(field.FieldType, () => field.GetValue(item)));
        }

        var elements = item.GetType().GetElementType()!;
        return HoldsReferences(elements)
            ? array.Cast<object?>().SelectMany(element => ReferencesIn(elements, () => element))
            : [];
    }

    // A value lies in its holder, so only what it refers to is an object of its own.
    private IEnumerable<object> ReferencesIn(Type type, Func<object?> value)
    {
        if (!HoldsReferences(type) || value() is not { } held)
        {
            return [];
        }

        return type.IsValueType ? ReferencesOf(held) : [held];
    }

    private bool HoldsReferences(Type type)
    {
        if (!type.IsValueType)
        {
            return !type.IsPointer && !type.IsFunctionPointer && !type.IsByRef;
        }

        return !type.IsPrimitive && !type.IsEnum && FieldsOf(type).Any(field => HoldsReferences(field.FieldType));
    }

    private FieldInfo[] FieldsOf(Type type)
    {
        if (!_fields.TryGetValue(type, out var found))
        {
            const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            found = [];
            for (var level = type; level is not null; level = level.BaseType)
            {
                found = [.. found, .. level.GetFields(Own)];
            }

            _fields[type] = found;
        }

        return found;
    }

    private static int SizeOf(Type type) => type.IsValueType ? RuntimeHelpers.SizeOf(type.TypeHandle) : IntPtr.Size;

    private static long RoundedUp(long bytes) => (bytes + IntPtr.Size - 1) / IntPtr.Size * IntPtr.Size;
}
