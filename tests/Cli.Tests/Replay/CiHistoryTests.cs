using System.Text;
using QLearning.Abstractions;
using QLearning.Cli.Replay;
using QLearning.Cli.Replay.History;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Replay;

/// <summary>Reading CI histories as people have them, and what is said of one that is malformed.</summary>
public sealed class CiHistoryTests : IDisposable
{
    private const string Header = "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cycles_come_in_order_with_their_tests_as_they_stand()
    {
        var cycles = Read(Header + "1;a;10;0;2015-01-01;[];1;2\n2;b;20;0;2015-01-01;[1, 0];0;1\n3;c(\"x\");30;0;;[0,1,1];1;2\n");

        Assert.Equal(["1", "2"], cycles.Select(cycle => cycle.Name));
        Assert.Equal(["a", "c(\"x\")"], cycles[1].Tests.Select(test => test.Name));
        Assert.Equal([false, true, true], cycles[1].Tests[1].LastResults.Verdicts);
        Assert.Equal(20, cycles[1].TimeBudgetMs);
        Assert.Equal(2, cycles[1].Run([0, 1]).Failures);
    }

    [Theory]
    [InlineData("Name,Duration,LastResults,Verdict,Cycle\nt,1200,\"[1, 0]\",1,1\n")]
    [InlineData("Name\tDuration\tLastResults\tVerdict\tCycle\nt\t1200\t[1, 0]\t1\t1\n")]
    [InlineData("Name|Duration|LastResults|Verdict|Cycle\nt|1200|[1, 0]|1|1\n")]
    [InlineData("\"Name\";\"Duration\";\"LastResults\";\"Verdict\";\"Cycle\"\n\"t\";\"1200\";\"[1, 0]\";\"1\";\"1\"\n")]
    [InlineData("name;DURATION;last_results;Verdict;cycle\nt;1200;[1, 0];1;1\n")]
    [InlineData("\uFEFFName;Duration;LastResults;Verdict;Cycle\r\nt;1200;[1, 0];1;1\r\n")]
    [InlineData("\uFEFF\"Name\",\"Duration\",\"LastResults\",\"Verdict\",\"Cycle\"\r\n\"t\",\"1200\",\"[1, 0]\",\"1\",\"1\"\r\n")]
    [InlineData("\nName;Duration;LastResults;Verdict;Cycle\n\nt;1200;[1, 0];1;1\n\n")]
    [InlineData(";Name;Duration;LastResults;Verdict;Cycle\n0;t;1200;[1, 0];1;1\n")]
    [InlineData("Name;Duration;LastResults;Verdict;Cycle\nt;1200.0;[1.0, 0.0];1.0;1.0\n")]
    [InlineData("Name;Duration;LastResults;Verdict;Cycle\nt;1.2e3;[1 0];failed;1\n")]
    [InlineData("Name;Duration;LastResults;Verdict;Cycle\nt;1,200.0;[ 1 , 0 ];3;1\n")]
    [InlineData("Name;Duration;LastResults;Verdict;Cycle\nt;1.200,0;[1,0];Error;1\n")]
    public void The_same_history_is_read_from_each_form_that_people_save(string text)
    {
        var cycle = Assert.Single(Read(text));

        Assert.Equal("1", cycle.Name);
        var test = Assert.Single(cycle.Tests);
        Assert.Equal(("t", 1200.0), (test.Name, test.DurationMs));
        Assert.Equal([true, false], test.LastResults.Verdicts);
        Assert.Equal(1, cycle.Run([0]).Failures);
    }

    [Theory]
    [InlineData("1.2", 1000, 1200)]
    [InlineData("1,2", 1000, 1200)]
    [InlineData("6.999999999999999e-03", 1000, 6.999999999999999)]
    [InlineData("0,091", 1000, 91)]
    [InlineData("1,234,567", 1, 1_234_567)]
    [InlineData("2", 60_000, 120_000)]
    [InlineData("0", 1, 0)]
    [InlineData("99999999.5", 0.001, 99_999.9995)]
    public void Durations_have_decimals_and_a_unit(string text, double unitMs, double ms) =>
        Assert.Equal(ms, Read(Header + $"1;a;{text};0;d;[];1;2\n", new HistoryOptions { UnitMs = unitMs })[0].Tests[0].DurationMs, 6);

    [Fact]
    public void Cycles_that_are_no_numbers_come_in_order_of_appearance()
    {
        var cycles = Read("Name;Duration;Verdict;Cycle\na;1;0;5a9c79f6\na;1;1;b90ffb4d\na;1;1;12345678\nb;1;1;5a9c79f6\n");

        Assert.Equal(["5a9c79f6", "b90ffb4d", "12345678"], cycles.Select(cycle => cycle.Name));
        Assert.Equal(2, cycles[0].Tests.Count);
    }

    [Theory]
    [InlineData("Name;Duration;Verdict;Cycle\na;1;0;1\na;1;1;2\nb;1;1;2\na;1;0;3\nb;1;0;3\n")]
    [InlineData("Name;Duration;LastResults;Verdict;Cycle\na;1;;0;1\na;1;;1;2\nb;1;;1;2\na;1;;0;3\nb;1;;0;3\n")]
    [InlineData("Name;Duration;Verdict;Cycle\na;1;0;3\nb;1;0;3\na;1;1;2\nb;1;1;2\na;1;0;1\n")]
    public void Earlier_results_that_are_absent_or_empty_are_derived_from_earlier_cycles(string text)
    {
        var cycles = Read(text);

        Assert.Empty(cycles[0].Tests[0].LastResults.Verdicts);
        Assert.Equal([false], cycles[1].Tests[0].LastResults.Verdicts);
        Assert.Equal([[true, false], [true]], cycles[2].Tests.Select(test => test.LastResults.Verdicts));
    }

    [Theory]
    [InlineData("9000000001", "9000000002")]
    [InlineData("20260131115900", "20260131120000")]
    [InlineData("999", "20260131120000")]
    [InlineData("99999999999999999999", "100000000000000000000000000000")]
    [InlineData("9000000001", "09000000002.0")]
    public void Cycles_are_ordered_by_number_however_many_digits_they_have(string earlier, string later)
    {
        var cycles = Read($"Name;Duration;Verdict;Cycle\na;1;1;{later}\na;1;0;{earlier}\n");

        Assert.Equal([earlier, later.TrimStart('0').Split('.')[0]], cycles.Select(cycle => cycle.Name));
        Assert.Empty(cycles[0].Tests[0].LastResults.Verdicts);
        Assert.Equal([false], cycles[1].Tests[0].LastResults.Verdicts);
    }

    [Fact]
    public void Columns_of_another_tool_are_named_by_options()
    {
        const string Text = "test_class_name,cycle_id,tests,current_failures,time\n"
            + "org/CartTest.java,b90ffb4d,16,0,0.091\norg/CartTest.java,5a9c79f6,16,2,0.007\n";
        var options = new HistoryOptions
        {
            UnitMs = 1000,
            Columns = new Dictionary<HistoryColumn, string>
            {
                [HistoryColumn.Name] = "test_class_name",
                [HistoryColumn.Cycle] = "Cycle_ID",
                [HistoryColumn.Verdict] = "current_failures",
                [HistoryColumn.Duration] = "time",
            },
        };

        var cycles = Read(Text, options);

        Assert.Equal(["b90ffb4d", "5a9c79f6"], cycles.Select(cycle => cycle.Name));
        Assert.Equal([91, 7], cycles.Select(cycle => Math.Round(cycle.Tests[0].DurationMs)));
        Assert.Equal([0, 1], cycles.Select(cycle => cycle.Run([0]).Failures));
    }

    [Fact]
    public void A_test_twice_in_a_cycle_is_one_test_whose_last_row_decides_or_each_row_is_one()
    {
        const string Text = Header + "1;flaky;900;0;d;[0];1;1\n2;flaky;700;0;d;[1, 0];0;1\n3;login;300;0;d;[];0;1\n";

        var once = Read(Text)[0];

        Assert.Equal(["flaky", "login"], once.Tests.Select(test => test.Name));
        Assert.Equal(700, once.Tests[0].DurationMs);
        // The second row's earlier results know the first row's verdict, which is of this cycle.
        Assert.Equal([false], once.Tests[0].LastResults.Verdicts);
        Assert.Equal(0, once.Run([0, 1]).Failures);
        var each = Read(Text, new HistoryOptions { CountsEachRow = true })[0];
        Assert.Equal(3, each.Tests.Count);
        Assert.Equal(1, each.Run([0, 1, 2]).Failures);
    }

    [Fact]
    public void A_test_that_did_not_run_is_left_out()
    {
        var cycle = Assert.Single(Read("Name;Duration;Verdict;Cycle\na;;skipped;1\nb;1;passed;1\nc;1;FAILED;1\n"));

        Assert.Equal(["b", "c"], cycle.Tests.Select(test => test.Name));
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    public void Encodings_that_say_what_they_are_are_read(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        File.WriteAllBytes(_folder.At("history.csv"),
            [.. hasMark ? encoding.Preamble : [], .. encoding.GetBytes(Header + "1;größe_✓;1;0;d;[];1;1\n")]);

        Assert.Equal("größe_✓", CiHistory.Read(_folder.At("history.csv"))[0].Tests[0].Name);
    }

    [Fact]
    public void Latin_1_is_refused_with_its_line_and_read_when_it_is_named()
    {
        File.WriteAllBytes(_folder.At("history.csv"), Encoding.Latin1.GetBytes(Header + "1;a;1;0;d;[];1;1\n2;größe;1;0;d;[];1;1\n"));

        var error = Assert.Throws<InvalidInputException>(() => CiHistory.Read(_folder.At("history.csv")));

        Assert.Contains("line 3 is not UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Contains("--encoding", error.Message, StringComparison.Ordinal);
        var cycles = CiHistory.Read(_folder.At("history.csv"), new HistoryOptions { Encoding = Encoding.Latin1 });
        Assert.Equal("größe", cycles[0].Tests[1].Name);
    }

    [Theory]
    [InlineData("utf-8", "FC")]
    [InlineData("utf-16", "00D8")]
    [InlineData("utf-16BE", "D800")]
    [InlineData("utf-32", "FFFFFFFF")]
    public void Bytes_that_the_encoding_of_a_byte_order_mark_does_not_have_are_refused_with_their_line_whatever_is_typed(
        string name, string bytes)
    {
        var encoding = Encoding.GetEncoding(name);
        File.WriteAllBytes(_folder.At("history.csv"),
        [
            .. encoding.Preamble, .. encoding.GetBytes(Header + "1;a;1;0;d;[];1;1\n2;pr"), .. Convert.FromHexString(bytes),
            .. encoding.GetBytes("f;1;0;d;[];1;1\n"),
        ]);

        foreach (var typed in new[] { null, Encoding.Latin1, encoding })
        {
            var error = Assert.Throws<InvalidInputException>(
                () => CiHistory.Read(_folder.At("history.csv"), new HistoryOptions { Encoding = typed }));

            Assert.Contains(
                $"line 3 is not {name.ToUpperInvariant()}, as its byte order mark says", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_byte_order_mark_goes_before_an_encoding_that_is_typed()
    {
        File.WriteAllText(_folder.At("history.csv"), Header + "1;größe;1;0;d;[];1;1\n", Encoding.UTF8);

        var cycles = CiHistory.Read(_folder.At("history.csv"), new HistoryOptions { Encoding = Encoding.Latin1 });

        Assert.Equal("größe", cycles[0].Tests[0].Name);
    }

    [Theory]
    [InlineData("us-ascii", "C3BC", "\n")]
    [InlineData("utf-8", "FC", "\r")]
    [InlineData("utf-8", "C3", "\r\n")]
    [InlineData("utf-16", "00D8", "\n")]
    public void Bytes_that_a_typed_encoding_does_not_have_are_refused_with_its_name_and_their_line(string name, string bytes, string end)
    {
        var encoding = Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        // UTF-16 has the byte of a line feed in this letter too.
        var letter = name == "utf-16" ? "Ċ" : "x";
        var before = Header + string.Concat(Enumerable.Range(1, 3_000).Select(id => $"{id};{letter}{id};1;0;d;[];1;1\n")) + "0;pr";
        File.WriteAllBytes(_folder.At("history.csv"),
        [
            .. encoding.GetBytes(before.ReplaceLineEndings(end)), .. Convert.FromHexString(bytes),
            .. encoding.GetBytes("\n0;a;1;0;d;[];1;1\n".ReplaceLineEndings(end)),
        ]);

        var error = Assert.Throws<InvalidInputException>(
            () => CiHistory.Read(_folder.At("history.csv"), new HistoryOptions { Encoding = encoding }));

        Assert.Contains(
            $"line 3002 is not {name.ToUpperInvariant()}, which --encoding names", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_names_are_read()
    {
        var name = new string('x', 9_000);

        Assert.Equal(name, Read(Header + $"1;{name};1;0;d;[];1;1\n")[0].Tests[0].Name);
    }

    [Fact]
    public void A_cycle_in_which_each_failing_test_takes_more_than_half_of_the_time_is_without_a_chance()
    {
        var cycles = Read("Name;Duration;Verdict;Cycle\na;1200;1;1\na;60;1;2\nb;40;0;2\na;50;1;3\nb;50;0;3\na;9;0;4\n");

        Assert.Equal([true, true, false, false], cycles.Select(cycle => cycle.IsWithoutChance));
    }

    [Theory]
    [InlineData("", "its header in line 1 lacks Name, Duration, Verdict, Cycle")]
    [InlineData("Name;Duration;Cycle\n", "its header in line 1 lacks Verdict")]
    [InlineData(Header, "it has no executions")]
    [InlineData("Name;Duration;Verdict;Cycle\na;1;skipped;1\n", "it has no executions")]
    [InlineData(Header + "1;a;10;0;d;[];1;2\n1;a;10;0;d;[];1\n", "line 3, column 7: the line has 7 columns")]
    [InlineData(Header + "1;;10;0;d;[];1;2\n", "line 2, column 2 (Name): ''")]
    [InlineData(Header + "1;a;;0;d;[];1;2\n", "line 2, column 3 (Duration): ''")]
    [InlineData(Header + "1;a;-1;0;d;[];1;2\n", "line 2, column 3 (Duration): '-1'")]
    [InlineData(Header + "1;a;1e999;0;d;[];1;2\n", "line 2, column 3 (Duration): '1e999'")]
    [InlineData(Header + "1;a;NaN;0;d;[];1;2\n", "line 2, column 3 (Duration): 'NaN'")]
    [InlineData(Header + "1;a;1,234;0;d;[];1;2\n", "line 2, column 3 (Duration): '1,234'")]
    [InlineData(Header + "1;a;9999999999;0;d;[];1;7\n", "the tests of cycle 7 take 116 days")]
    [InlineData(Header + "1;a;1e300;0;d;[];1;7\n", "the tests of cycle 7 take")]
    [InlineData(Header + "1;a;10;0;d;[];1;2\n\n1;a;10;0;d;[2];1;2\n", "line 4, column 6 (LastResults): '[2]'")]
    [InlineData(Header + "1;a;10;0;d;1,0;1;2\n", "line 2, column 6 (LastResults): '1,0'")]
    [InlineData(Header + "1;a;10;0;d;[];yes;2\n", "line 2, column 7 (Verdict): 'yes'")]
    [InlineData(Header + "1;a;10;0;d;[];-1;2\n", "line 2, column 7 (Verdict): '-1'")]
    [InlineData(Header + "1;a;10;0;d;[];1;\n", "line 2, column 8 (Cycle): ''")]
    [InlineData("<?xml version=\"1.0\"?>\n<testsuites/>\n", "there is no test report")]
    [InlineData("\n  <TestRun/>", "there is no test report")]
    [InlineData("<testsuite><testcase name='a'><skipped/></testcase></testsuite>", "no test of its reports ran")]
    [InlineData("PK\u0003\u0004notcsv", "it is no text")]
    public void A_malformed_file_is_refused_with_line_and_column(string text, string message)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("Allowed: ", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<CiCycle> Read(string text, HistoryOptions? options = null)
    {
        File.WriteAllText(_folder.At("history.csv"), text);
        return CiHistory.Read(_folder.At("history.csv"), options);
    }
}
