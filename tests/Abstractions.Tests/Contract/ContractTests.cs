using System.Reflection;

namespace QLearning.Abstractions.Tests.Contract;

/// <summary>
/// Pins what silos and clients of different versions must agree on in a rolling upgrade. Members may be added under new numbers, methods
/// under new aliases; what is there must stay.
/// </summary>
public class ContractTests
{
    private const string Variable = "QLEARNING_UPDATE_CONTRACT";
    private const string File = "tests/Abstractions.Tests/Contract/contract.txt";

    [Fact]
    public void The_contract_is_the_one_that_was_agreed_on()
    {
        var path = Path.Combine(Root(), File);
        var now = ContractText.Write();
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            System.IO.File.WriteAllText(path, now);
        }

        var agreed = System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path) : string.Empty;
        var missing = agreed.Split('\n').Except(now.Split('\n')).ToArray();
        var added = now.Split('\n').Except(agreed.Split('\n')).ToArray();
        Assert.True(
            now == agreed,
            $"""
            The contract between silos and clients differs from {File}.
            Gone:
            {string.Join('\n', missing)}
            New:
            {string.Join('\n', added)}
            What is gone breaks a rolling upgrade: bring it back. What is new is fine when older versions can do without it. To agree on
            it, run
              {Variable}=1 dotnet test tests/Abstractions.Tests
            and commit the file.
            """);
    }

    [Fact]
    public void Every_grain_method_and_message_has_an_alias_so_that_it_can_be_renamed()
    {
        Assert.NotEmpty(ContractText.Grains);
        Assert.All(ContractText.Grains, grain => Assert.NotNull(ContractText.AliasOf(grain)));
        Assert.All(ContractText.Grains.SelectMany(grain => grain.GetMethods()), method => Assert.NotNull(ContractText.AliasOf(method)));
        Assert.All(ContractText.Messages, message => Assert.NotNull(ContractText.AliasOf(message)));
    }

    [Fact]
    public void No_two_things_share_an_alias()
    {
        AssertDistinct(ContractText.Grains.Concat(ContractText.Messages).Select(type => ContractText.AliasOf(type)!));
        Assert.All(ContractText.Grains, grain => AssertDistinct(grain.GetMethods().Select(method => ContractText.AliasOf(method)!)));
    }

    [Fact]
    public void Every_settable_member_of_a_message_has_a_number_of_its_own()
    {
        foreach (var message in ContractText.Messages)
        {
            var settable = message.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Where(property => property.GetSetMethod(nonPublic: true) is not null);
            var members = ContractText.Members(message).ToArray();
            Assert.Equal(settable.Select(Named), members.Select(member => Named(member.Member)));
            Assert.Equal(Enumerable.Range(0, members.Length).Select(id => (uint)id), members.Select(member => member.Id).Order());
        }

        static string Named(PropertyInfo property) => $"{property.DeclaringType!.Name}.{property.Name}";
    }

    [Fact]
    public void The_first_value_of_an_enum_is_0_so_that_a_message_without_it_can_be_read() =>
        Assert.All(ContractText.Enums, type => Assert.True(Enum.IsDefined(type, 0), type.Name));

    private static void AssertDistinct(IEnumerable<string> aliases)
    {
        var all = aliases.ToArray();
        Assert.Equal(all.Distinct().Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
    }

    // The file is read from the sources, where it is also written to.
    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && folder.GetFiles("*.sln").Length == 0)
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"There is no solution above {AppContext.BaseDirectory}.");
    }
}
