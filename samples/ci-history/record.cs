// Appends one CI cycle to a history that 'qlearn replay' reads: dotnet run record.cs history.csv results.trx [more.trx ...]
// The .trx files are what 'dotnet test --logger trx' writes, one for each test project.
using System.Globalization;
using System.Xml.Linq;

const string Header = "Id;Name;Duration;CalcPrio;LastRun;LastResults;Verdict;Cycle";
XNamespace ns = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
if (args.Length < 2)
{
    Console.Error.WriteLine("Usage: record.cs history.csv results.trx [more.trx ...]");
    return 2;
}

var lines = File.Exists(args[0]) ? File.ReadAllLines(args[0]).ToList() : [Header];
var rows = lines.Skip(1).Select(line => line.Split(';')).ToList();
var cycle = rows.Select(row => int.Parse(row[7], CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max() + 1;
var earlier = rows.GroupBy(row => row[1])
    .ToDictionary(test => test.Key, test => (LastRun: test.Last()[4], Results: test.Select(row => row[6]).Reverse()));
var results = args.Skip(1).SelectMany(file => XDocument.Load(file).Descendants(ns + "UnitTestResult"))
    .Where(result => (string)result.Attribute("outcome")! != "NotExecuted");
foreach (var result in results.OrderBy(result => (string)result.Attribute("testName")!, StringComparer.Ordinal))
{
    // A test case with arguments has them in its name: what separates columns cannot stay.
    var name = ((string)result.Attribute("testName")!).Replace(';', ',').ReplaceLineEndings(" ");
    name = name.Length <= 200 ? name : name[..200];
    var duration = TimeSpan.Parse((string?)result.Attribute("duration") ?? "0:0:0", CultureInfo.InvariantCulture);
    var started = DateTimeOffset.Parse((string)result.Attribute("startTime")!, CultureInfo.InvariantCulture).ToUniversalTime();
    var (lastRun, history) = earlier.TryGetValue(name, out var known) ? known : (string.Empty, []);
    lines.Add(string.Join(';', [
        (lines.Count).ToString(CultureInfo.InvariantCulture),
        name,
        Math.Max(1, (long)duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        "0",
        lastRun.Length > 0 ? lastRun : started.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        $"[{string.Join(", ", history)}]",
        (string)result.Attribute("outcome")! == "Passed" ? "0" : "1",
        cycle.ToString(CultureInfo.InvariantCulture),
    ]));
}

File.WriteAllLines(args[0], lines);
Console.WriteLine(
    $"Cycle {cycle}: {results.Count()} tests, {results.Count(result => (string)result.Attribute("outcome")! == "Failed")} failed.");
return 0;
