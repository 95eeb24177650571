using System.Reflection;
using System.Text;

namespace QLearning.Abstractions.Tests.Contract;

/// <summary>
/// All that silos and clients of different versions must agree on, as a text: one line for each thing that can break them.
/// </summary>
internal static class ContractText
{
    private static readonly Type[] _types = [.. typeof(State).Assembly.GetTypes().Where(type => type.IsPublic)];

    public static IEnumerable<Type> Grains => _types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)));

    public static IEnumerable<Type> Messages =>
        _types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    public static IEnumerable<Type> Enums => _types.Where(type => type.IsEnum);

    public static string Write()
    {
        var text = new StringBuilder();
        Section(text, Grains, WriteGrain);
        Section(text, Messages, WriteMessage);
        Section(text, Keys(), (text, type) => Line(text, $"key {type.FullName}, {type.Assembly.GetName().Name}"));
        Section(text, Enums, WriteEnum);
        return text.ToString();
    }

    public static IEnumerable<(uint Id, PropertyInfo Member)> Members(Type message) =>
        from property in message.GetProperties(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let id = property.GetCustomAttribute<IdAttribute>()
        where id is not null
        select (id.Id, property);

    public static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static void WriteGrain(StringBuilder text, Type grain)
    {
        var bases = string.Join(", ", grain.GetInterfaces().Select(type => type.Name).Order(StringComparer.Ordinal));
        Line(text, $"grain {AliasOf(grain)} = {Name(grain)} : {bases}");
        foreach (var method in Sorted(grain.GetMethods(), AliasOf))
        {
            var parameters = string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
            Line(text, $"  {AliasOf(method)} = {Name(method.ReturnType)} {method.Name}({parameters})");
        }
    }

    private static void WriteMessage(StringBuilder text, Type message)
    {
        var kind = message.IsValueType ? "struct" : "class";
        var parent = message.BaseType == typeof(object) || message.IsValueType ? string.Empty : $" : {Name(message.BaseType!)}";
        Line(text, $"{kind} {AliasOf(message)} = {Name(message)}{parent}");
        foreach (var (id, member) in Members(message).OrderBy(member => member.Id))
        {
            Line(text, $"  {id} = {Name(member.PropertyType)} {member.Name}");
        }
    }

    private static void WriteEnum(StringBuilder text, Type type)
    {
        Line(text, $"enum {type.Name} : {Name(Enum.GetUnderlyingType(type))}");
        foreach (var value in Enum.GetValuesAsUnderlyingType(type))
        {
            Line(text, $"  {value} = {Enum.GetName(type, value)}");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');

    private static IEnumerable<Type> Keys() =>
        from codec in _types
        where codec.Namespace == typeof(State).Namespace
        from contract in codec.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(Orleans.Serialization.Codecs.IFieldCodec<>)
        select contract.GetGenericArguments()[0];

    private static IEnumerable<T> Sorted<T>(IEnumerable<T> members, Func<T, string?> by) => members.OrderBy(by, StringComparer.Ordinal);

    private static void Section(StringBuilder text, IEnumerable<Type> types, Action<StringBuilder, Type> write)
    {
        foreach (var type in Sorted(types, type => type.Name))
        {
            write(text, type);
            text.Append('\n');
        }
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        var arguments = string.Join(", ", type.GetGenericArguments().Select(Name));
        return type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{arguments}>" : type.Name;
    }
}
