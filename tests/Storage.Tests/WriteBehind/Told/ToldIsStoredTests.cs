using System.Globalization;

namespace QLearning.Storage.Tests.WriteBehind.Told;

/// <summary>
/// Cases that are drawn at random: several owners share transactions of several statements, with client windows and late rewards, while
/// owners lose their rows, PostgreSQL refuses some, other transactions hold some, and connections, statements and answers are lost.
/// <c>QLEARNING_TEST_CASES</c> says how many cases, <c>QLEARNING_TEST_SEED</c> which is the first: a case is named by its seed.
/// </summary>
public sealed class ToldIsStoredTests : DatabaseTest
{
    private const string CasesVariable = "QLEARNING_TEST_CASES";
    private const string SeedVariable = "QLEARNING_TEST_SEED";
    private const int DefaultCases = 60;

    [Fact]
    public async Task What_each_owner_is_told_of_its_flush_is_what_the_tables_hold_whatever_happens_on_the_way()
    {
        await RowTroubles.CreateAsync(Database);
        var first = Setting(SeedVariable, 1);
        for (var seed = first; seed < first + Setting(CasesVariable, DefaultCases); seed++)
        {
            var plan = new ToldPlan(seed);
            await using var running = new ToldCase(Database, plan);
            var wrong = await running.RunAsync();
            Assert.True(wrong is null, $"{wrong}\n{plan}");
        }
    }

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
}
