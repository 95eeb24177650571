using QLearning.Bench.HttpFuzz;

namespace QLearning.Http.Tests;

/// <summary>Requests made from the OpenAPI document, valid to hostile. The long run is <c>qlearn bench http-fuzz</c>.</summary>
public sealed class FuzzTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Made_up_requests_are_answered_or_refused_and_refused_ones_change_nothing()
    {
        var report = await new FuzzRun(server.Silo.HttpUrl!, server.Database.DataSource, seed: 1).RunAsync(400, CancellationToken.None);
        Assert.Empty(report.Findings);
        Assert.Empty(server.Log.Errors);
        Assert.True(report.Compared > 20, $"{report.Compared} refused requests were compared.");
        Assert.True(report.Answers["200"] > 50, $"{report.Answers["200"]} requests were answered.");
    }
}
