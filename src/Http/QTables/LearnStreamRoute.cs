using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using QLearning.Abstractions;
using QLearning.Abstractions.Input;
using QLearning.Client;
using QLearning.Http.AgentTypes;
using QLearning.Http.Bodies;
using QLearning.Http.Keys;
using QLearning.Http.Problems;
using QLearning.Http.Routes;

namespace QLearning.Http.QTables;

/// <summary>How far a stream has been learned; one line of the answer.</summary>
/// <param name="Learned">
/// How many lines from the first on; after a problem the next one is where to go on, unless some after it were learned (`partly-learned`).
/// </param>
/// <param name="Done">Whether the stream has ended, and all of it is learned.</param>
/// <param name="Problem">Why no more is learned; null: nothing is wrong.</param>
internal sealed record StreamAnswer(long Learned, bool Done, object? Problem = null);

/// <summary>
/// Steps to learn from as a stream of lines. The next lines are read when those before are learned, so that who sends too fast waits.
/// </summary>
internal static class LearnStreamRoute
{
    private const int BatchLines = 100;

    public static void Map(RouteGroupBuilder type) => type.MapPost("/learn-stream", LearnAsync).Takes(BodyLimit.Stream)
        .WithMetadata(new DisableRequestTimeoutAttribute())
        .WithMetadata(new AcceptsMetadata([BodyReader.NdJson], typeof(TransitionBody)))
        .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(StreamAnswer), [BodyReader.NdJson]))
        .MayFailBy(ProblemTypes.BacklogFull, ProblemTypes.PartlyLearned)
        .Says(
            ApiScope.Learn, "LearnStream", "Learn from a stream of steps",
            "One step a line, as for Learn. Each 100 lines are learned together and answered by a line that says how many are learned so "
            + "far; the stream is read no faster. A problem ends it with a line that has it. When some partitions learned their lines and "
            + "others did not (partly-learned), `notLearned` and `mayBeLearned` are places in the stream, from 0, and `next` is that of "
            + "the first line that was not tried. With an Idempotency-Key a stream that is sent again goes on where it stopped.");

    private static async Task LearnAsync(HttpContext context, string agentType, bool? durable, KnownAgentTypes types, KeyedCalls calls)
    {
        BodyReader.Require(context, BodyReader.NdJson);
        var type = await types.GetAsync(agentType, context.RequestAborted);
        var lines = new LineReader(context);
        var learned = 0L;
        try
        {
            while (await lines.ReadAsync(BatchLines) is { Count: > 0 } batch)
            {
                try
                {
                    await LearnBatchAsync(context, type, batch, learned, durable, calls);
                }
                catch (PartlyLearnedException partly)
                {
                    // Places in the stream, which is what its caller knows.
                    var problem = Problem.OfPartlyLearned(partly, learned);
                    problem.Members["next"] = learned + batch.Count;
                    throw new RequestException(problem);
                }

                learned += batch.Count;
                await WriteAsync(context, new StreamAnswer(learned, Done: false));
            }

            await WriteAsync(context, new StreamAnswer(learned, Done: true));
        }
        catch (Exception error) when (context.Response.HasStarted && Problem.Of(error) is { } problem)
        {
            await WriteAsync(context, new StreamAnswer(learned, Done: false, problem.ToDocument()));
        }
    }

    private static Task LearnBatchAsync(
        HttpContext context, AgentTypeClient type, List<byte[]> batch, long before, bool? durable, KeyedCalls calls)
    {
        Transition[] transitions = [.. batch.Select((line, i) => Parse(line, before + i + 1))];
        if (KeyedCalls.KeyOf(context) is not { } key)
        {
            return type.LearnAsync(transitions, LearningRoutes.ModeOf(durable), context.RequestAborted);
        }

        // Each batch has a claim of its own; their bounds are the same each time.
        var claim = new RequestClaim
        {
            Scope = KeyedCalls.ScopeOf(context),
            Key = KeyOf(key, before),
            Digest = KeyedCalls.DigestOf($"{context.Request.Path}\n", [.. batch.SelectMany(line => line)]),
            Numbers = type.TakeNumbers(transitions.Length),
        };
        return calls.RunAsync(
            claim,
            async (numbers, token) =>
            {
                await type.LearnAsync(transitions, numbers!.Value, token);
                return new StreamAnswer(before + transitions.Length, Done: false);
            },
            context.RequestAborted);
    }

    // The first claim has the caller's key itself, so that it is checked, and refused for another request, as on other routes. The key
    // may be as long as a key can be, so the others have its hash.
    private static string KeyOf(string key, long before) => before == 0
        ? key
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{key}#{before}"))));

    private static Transition Parse(byte[] line, long number)
    {
        try
        {
            var transition = JsonParser.Parse<TransitionBody>(line).ToTransition();
            UpdateCheck.Transition(transition);
            return transition;
        }
        catch (Exception error) when (Problem.Of(error) is { } problem)
        {
            problem.Members["line"] = number;
            throw new RequestException(problem);
        }
    }

    private static async Task WriteAsync(HttpContext context, StreamAnswer answer)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = BodyReader.NdJson;
        }

        await context.Response.WriteAsync(JsonSerializer.Serialize(answer, HttpJson.Options) + "\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
