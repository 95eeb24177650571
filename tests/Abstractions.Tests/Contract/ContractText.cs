using System.Globalization;
using System.Reflection;
using System.Text;

namespace QLearning.Abstractions.Tests.Contract;

/// <summary>All that silos and clients of different versions must agree on, as a text: one line for each thing that can break them.</summary>
internal static class ContractText
{
    private static readonly Type[] _types = [.. typeof(State).Assembly.GetTypes().Where(type => type.IsPublic)];

    public static IEnumerable<Type> Grains => _types.Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)));

    public static IEnumerable<Type> Messages => _types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    public static IEnumerable<Type> Enums => _types.Where(type => type.IsEnum);

    public static string Write()
    {
        var text = new StringBuilder();
        Section(text, Grains, WriteGrain);
        Section(text, Messages, WriteMessage);
        Section(text, Keys(), type => text.Append(CultureInfo.InvariantCulture, $"key {type.FullName}, {type.Assembly.GetName().Name}\n"));
        Section(text, Enums, WriteEnum);
        return text.ToString();

        void WriteGrain(Type grain)
        {
            var bases = string.Join(", ", grain.GetInterfaces().Select(type => type.Name).Order(StringComparer.Ordinal));
            text.Append(CultureInfo.InvariantCulture, $"grain {AliasOf(grain)} = {Name(grain)} : {bases}\n");
            foreach (var method in Sorted(grain.GetMethods(), AliasOf))
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
                text.Append(CultureInfo.InvariantCulture, $"  {AliasOf(method)} = {Name(method.ReturnType)} {method.Name}({parameters})\n");
            }
        }

        void WriteMessage(Type message)
        {
            var kind = message.IsValueType ? "struct" : "class";
            var parent = message.BaseType == typeof(object) || message.IsValueType ? string.Empty : $" : {Name(message.BaseType!)}";
            text.Append(CultureInfo.InvariantCulture, $"{kind} {AliasOf(message)} = {Name(message)}{parent}\n");
            foreach (var (id, member) in Members(message).OrderBy(member => member.Id))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {id} = {Name(member.PropertyType)} {member.Name}\n");
            }
        }

        void WriteEnum(Type type)
        {
            text.Append(CultureInfo.InvariantCulture, $"enum {type.Name} : {Name(Enum.GetUnderlyingType(type))}\n");
            foreach (var value in Enum.GetValuesAsUnderlyingType(type))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {value} = {Enum.GetName(type, value)}\n");
            }
        }
    }

    public static IEnumerable<(uint Id, PropertyInfo Member)> Members(Type message) =>
        from property in message.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let id = property.GetCustomAttribute<IdAttribute>()
        where id is not null
        select (id.Id, property);

    public static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static IEnumerable<Type> Keys() =>
        from codec in _types
        where codec.Namespace == typeof(State).Namespace
        from contract in codec.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(Orleans.Serialization.Codecs.IFieldCodec<>)
        select contract.GetGenericArguments()[0];

    private static IEnumerable<T> Sorted<T>(IEnumerable<T> members, Func<T, string?> by) => members.OrderBy(by, StringComparer.Ordinal);

    private static void Section(StringBuilder text, IEnumerable<Type> types, Action<Type> write)
    {
        foreach (var type in Sorted(types, type => type.Name))
        {
            write(type);
            text.Append('\n');
        }
    }

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }
}
