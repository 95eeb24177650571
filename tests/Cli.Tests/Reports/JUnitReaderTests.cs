using System.Globalization;
using System.Text;
using CsCheck;
using QLearning.Abstractions;
using QLearning.Cli.Reports;
using QLearning.Testing;

namespace QLearning.Cli.Tests.Reports;

/// <summary>JUnit XML as test programs write it: what is read, and what is said of what cannot be.</summary>
public sealed class JUnitReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cases_are_found_in_suites_within_suites_and_beside_them() => Assert.Equal(
        ["A.one passed", "A.B.two passed", "A.B.three failed", "A.four failed"],
        Read("""
            <testsuites>
              <testsuite name="A"><testcase classname="A" name="one"/>
                <testsuite name="B"><testcase classname="A.B" name="two"/>
                  <testsuite name="deeper"><testcase classname="A.B" name="three"><failure/></testcase></testsuite>
                </testsuite>
                <testcase classname="A" name="four"><error/></testcase>
              </testsuite>
            </testsuites>
            """));

    [Theory]
    [InlineData("<testcase name='t'/>", "t passed")]
    [InlineData("<testcase name='t'><skipped/></testcase>", "t did not run")]
    [InlineData("<testcase name='t' status='notrun' result='suppressed'/>", "t did not run")]
    [InlineData("<testcase name='t' status='disabled'/>", "t did not run")]
    [InlineData("<testcase name='t' status='run' result='completed'/>", "t passed")]
    [InlineData("<testcase name='t' status='fail'/>", "t failed")]
    [InlineData("<testcase name='t'><error/><failure/><skipped/></testcase>", "t failed")]
    [InlineData("<testcase name='t'><system-out>FAILED &lt;failure/&gt;</system-out></testcase>", "t passed")]
    [InlineData("<testcase name='t'><system-out><failure/></system-out></testcase>", "t passed")]
    [InlineData("<testcase name='t'><flakyFailure/><flakyError/></testcase>", "t passed, flaky")]
    [InlineData("<testcase name='t'><failure/><rerunFailure/><rerunError/></testcase>", "t failed")]
    [InlineData("<testcase name='a.B.t' classname='a.B'/>", "a.B.t passed")]
    [InlineData("<testcase name='t' classname='  '/>", "t passed")]
    public void How_a_test_ended_is_read_from_its_children_and_its_status(string test, string expected) =>
        Assert.Equal([expected], Read($"<testsuite>{test}</testsuite>"));

    [Fact]
    public void Of_several_records_of_a_test_the_last_decides_and_differing_ones_are_flaky() => Assert.Equal(
        ["C.always passed", "C.second passed, flaky", "C.never failed, flaky", "C.late passed"],
        Read("""
            <testsuite>
              <testcase classname="C" name="always"/><testcase classname="C" name="always"/>
              <testcase classname="C" name="second"><failure/></testcase><testcase classname="C" name="second"/>
              <testcase classname="C" name="never"/><testcase classname="C" name="never"><failure/></testcase>
              <testcase classname="C" name="late"/><testcase classname="C" name="late"><skipped/></testcase>
            </testsuite>
            """));

    [Theory]
    [InlineData("0.", 0.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("1,5", 1.5)]
    [InlineData("0,125", 0.125)]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("1.234,5", 1234.5)]
    [InlineData("1,234,567", 1234567.0)]
    [InlineData(" 2e-3 ", 0.002)]
    [InlineData("1,234", null)]
    [InlineData("-1", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    [InlineData("soon", null)]
    public void A_time_that_is_not_clear_is_not_known(string time, double? seconds) =>
        Assert.Equal(seconds, Test($"<testsuite><testcase name='t' time='{time}'/></testsuite>").Duration?.TotalSeconds);

    [Theory]
    [InlineData("iso-8859-1", "ISO-8859-1")]
    [InlineData("windows-1251", "windows-1251")]
    [InlineData("utf-8", "utf8")]
    [InlineData("utf-16", "utf-16")]
    public void A_report_is_read_in_the_encoding_that_it_names(string encoding, string declared)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var name = encoding == "windows-1251" ? "вход" : "größe";
        File.WriteAllText(
            _folder.At("r.xml"), $"<?xml version=\"1.0\" encoding=\"{declared}\"?><testsuite><testcase name=\"{name}\"/></testsuite>",
            Encoding.GetEncoding(encoding));

        Assert.Equal(name, Assert.Single(TestReport.Read(_folder.At("r.xml"))!.Records).Name);
    }

    [Fact]
    public void Bytes_that_the_named_encoding_does_not_have_are_an_error_with_a_line_and_read_with_another()
    {
        File.WriteAllText(
            _folder.At("r.xml"), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite><testcase name=\"größe\"/></testsuite>",
            Encoding.Latin1);

        Assert.Contains("near line ", Refused(() => TestReport.Read(_folder.At("r.xml"))), StringComparison.Ordinal);
        Assert.Equal("größe", Assert.Single(TestReport.Read(_folder.At("r.xml"), Encoding.Latin1)!.Records).Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_that_the_encoding_of_a_byte_order_mark_does_not_have_are_an_error_whatever_is_typed(bool isTyped)
    {
        File.WriteAllBytes(_folder.At("r.xml"),
            [.. Encoding.UTF8.Preamble, .. Encoding.Latin1.GetBytes("<testsuite><testcase name=\"größe\"/></testsuite>")]);

        var error = Refused(() => TestReport.Read(_folder.At("r.xml"), isTyped ? Encoding.Latin1 : null));

        Assert.Contains("near line 1 are bytes that UTF-8 does not have", error, StringComparison.Ordinal);
        Assert.Contains("byte order mark", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_a_typed_encoding_does_not_have_are_an_error_that_names_it()
    {
        File.WriteAllText(_folder.At("r.xml"), "<testsuite><testcase name=\"größe\"/></testsuite>");
        var ascii = Encoding.GetEncoding("us-ascii", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

        Assert.Contains(
            "bytes that US-ASCII does not have", Refused(() => TestReport.Read(_folder.At("r.xml"), ascii)), StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_that_XML_does_not_allow_and_a_blank_first_line_are_forgiven() => Assert.Equal(
        ["nul failed", "raw passed"],
        Read("\uFEFF\n<?xml version=\"1.0\"?>\n<testsuite><testcase name=\"nul\"><failure message=\"a&#x0;\"/></testcase>"
            + "<testcase name=\"raw\"><system-out><![CDATA[\u0001\u001B[31mred\uFFFE]]></system-out></testcase></testsuite>"));

    [Theory]
    [InlineData("", "line 1 cannot be read")]
    [InlineData("\n\n<testsuite>\n<testcase name=\"a", "line 4, column ")]
    [InlineData("<testsuite><testcase name='a'/>", "cannot be read")]
    [InlineData("<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n<testsuite><testcase name='&x;'/></testsuite>",
        "without a document type")]
    [InlineData("<testsuite>\n<testcase name=' '/></testsuite>", "line 2 has a test whose name is not allowed")]
    [InlineData("<testsuite>\n<testcase/></testsuite>", "line 2 has a test whose name is not allowed")]
    [InlineData("<?xml version='1.0' encoding='klingon'?><testsuite/>", "encoding 'klingon' is unknown")]
    public void What_cannot_be_read_is_one_line_that_names_the_place(string xml, string expected)
    {
        File.WriteAllText(_folder.At("r.xml"), xml);
        var message = Refused(() => TestReport.Read(_folder.At("r.xml")));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_long_name_is_read_a_longer_one_refused_and_so_are_elements_nested_too_deeply()
    {
        Assert.Equal(10_000, Test($"<testsuite><testcase name='{new string('x', 10_000)}'/></testsuite>").Name.Length);
        Assert.Throws<InvalidInputException>(() => Test($"<testsuite><testcase name='{new string('x', 10_001)}'/></testsuite>"));
        var deep = string.Concat(Enumerable.Repeat("<testsuite>", 300));
        Assert.Throws<InvalidInputException>(() => Read(deep));
        var close = string.Concat(Enumerable.Repeat("</a>", 300));
        var within = string.Concat(Enumerable.Repeat("<a>", 300)) + close;
        Assert.Throws<InvalidInputException>(() => Read($"<testsuite><testcase name='t'>{within}</testcase></testsuite>"));
    }

    [Fact]
    public void However_a_run_is_laid_out_it_reads_back_the_same() =>
        Gen.Select(
            Gen.Select(
                Gen.Int[0, 9],
                Gen.Int[0, 2].Select(i => i switch { 0 => "passed", 1 => "failed", _ => "did not run" }),
                Gen.Int[0, 5_000]).List[1, 30],
            Gen.Bool, Gen.Bool, Gen.Int[0, 3])
            .Sample((tests, isWrapped, isIndented, depth) =>
            {
                var unique = tests.DistinctBy(test => test.Item1).ToList();
                var xml = new StringBuilder(isWrapped ? "<testsuites>" : "<testsuite>");
                xml.Insert(xml.Length, "<testsuite>", depth);
                foreach (var (number, outcome, milliseconds) in unique)
                {
                    var child = outcome switch { "failed" => "<failure>x</failure>", "did not run" => "<skipped/>", _ => string.Empty };
                    xml.Append(isIndented ? "\n  " : string.Empty).Append(
                        CultureInfo.InvariantCulture,
                        $"<testcase time='{milliseconds / 1000.0}' name='t{number}' classname='C'>{child}</testcase>");
                }

                xml.Insert(xml.Length, "</testsuite>", depth).Append(isWrapped ? "</testsuites>" : "</testsuite>");

                Assert.Equal(
                    unique.Select(test => ($"C.t{test.Item1} {test.Item2}", (double?)test.Item3)),
                    Run(xml.ToString()).Tests.Select(test => (Said(test), test.Duration?.TotalMilliseconds)));
            }, iter: 200);

    [Fact]
    public void Whatever_is_cut_out_of_a_report_or_put_into_it_it_is_read_or_refused()
    {
        var whole = Encoding.UTF8.GetBytes("""
            <?xml version="1.0" encoding="utf-8"?>
            <testsuites><testsuite timestamp="2026-01-01T00:00:00">
            <testcase classname="C" name="größe" time="1,5"><failure>&amp;<![CDATA[x]]></failure>
            </testcase><!-- c --><testcase name="b"/></testsuite></testsuites>
            """);
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, 20], Gen.Byte.Array[0, 12]).Sample((at, cut, put) =>
        {
            byte[] broken = [.. whole.AsSpan(0, at), .. put, .. whole.AsSpan(Math.Min(at + cut, whole.Length))];
            var file = _folder.At($"{Guid.NewGuid():N}.xml");
            File.WriteAllBytes(file, broken);
            var error = Record.Exception(() => TestReport.Read(file));
            Assert.True(error is null or InvalidInputException, $"{error}");
            File.Delete(file);
        }, iter: 3_000);
    }

    private static string Refused(Func<object?> read) => Assert.Throws<InvalidInputException>(() => read()).Message;

    private static string Said(ReportedTest test)
    {
        var outcome = test.Outcome switch
        {
            ReportedOutcome.Passed => "passed",
            ReportedOutcome.Failed => "failed",
            _ => "did not run",
        };
        return $"{test.Name} {outcome}{(test.IsFlaky ? ", flaky" : string.Empty)}";
    }

    private IEnumerable<string> Read(string xml) => Run(xml).Tests.Select(Said);

    private ReportedTest Test(string xml) => Assert.Single(Run(xml).Tests);

    private ReportedRun Run(string xml)
    {
        // Samples of a property are run beside each other.
        var file = _folder.At($"{Guid.NewGuid():N}.xml");
        File.WriteAllText(file, xml);
        return ReportedRun.Of("r", [TestReport.Read(file)!]);
    }
}
