using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QLearning.Bench.BadInput;

namespace QLearning.Bench.HttpFuzz;

/// <summary>A made-up request: as the document has it, nearly so, or as nobody should send it.</summary>
/// <param name="Operation">What it was made from.</param>
/// <param name="Method">Its method.</param>
/// <param name="Address">Its address.</param>
/// <param name="Body">Its body; null: none.</param>
/// <param name="MediaType">The type of its body.</param>
/// <param name="Key">Its idempotency key; null: none.</param>
internal sealed partial record FuzzRequest(
    FuzzOperation Operation, string Method, string Address, byte[]? Body, string? MediaType, string? Key)
{
    private static readonly string[] _agentTypes = ["test-generator", "coverage-analyzer", "quality-gate", "test-executor"];
    private static readonly string[] _methods = ["GET", "POST", "PUT", "PATCH", "OPTIONS", "TRACE", "FUZZ"];
    private static readonly string[] _mediaTypes =
        ["text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonx", "application/x-ndjson", "x/y"];

    private static readonly string[] _ids =
        ["0198c0de-0000-7000-8000-000000000001", "00000000-0000-0000-0000-000000000000", "not-an-id", "0198c0de"];

    private static readonly string[] _numbers = ["0", "1", "5", "-1", "10000", "2147483648", "1e3", "x"];

    /// <summary>Makes one.</summary>
    public static FuzzRequest Create(FuzzOperation[] operations, Random random)
    {
        var operation = operations[random.Next(operations.Length)];
        var isHostile = random.Next(3) == 0;
        var method = isHostile && random.Next(12) == 0 ? _methods[random.Next(_methods.Length)] : operation.Method;
        // What deletes much only counts, or the rest of the run would find nothing.
        var query = operation.Method == "DELETE" ? "?dryRun=true" : Query(operation, random, isHostile);
        var address = Parameter().Replace(operation.Path, match => Uri.EscapeDataString(Value(match.Groups[1].Value, random, isHostile)));
        var body = operation.Example is null ? null : MakeBody(operation, random, isHostile);
        var mediaType = isHostile && random.Next(8) == 0 ? _mediaTypes[random.Next(_mediaTypes.Length)] : operation.MediaType;
        var key = random.Next(4) == 0 ? string.Create(CultureInfo.InvariantCulture, $"key-{random.Next(200)}") : null;
        return new FuzzRequest(operation, method, address + query, body, mediaType, key);
    }

    /// <summary>The request as it is sent.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(Address, UriKind.Relative));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType!);
        }

        if (Key is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", Key);
        }

        return message;
    }

    public override string ToString()
    {
        var body = Body is null ? string.Empty : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 400));
        return $"{Operation.Id}: {Method} {Address} {MediaType} {Key} {body}";
    }

    private static string Value(string name, Random random, bool isHostile) => isHostile && random.Next(3) == 0
        ? Printable(OddText.Next(random))
        : name switch
        {
            "agentType" => _agentTypes[random.Next(_agentTypes.Length)],
            "agent" => string.Create(CultureInfo.InvariantCulture, $"fuzz-{random.Next(5)}"),
            "step" => random.Next(3).ToString(CultureInfo.InvariantCulture),
            "state" => "a1b2c3d4",
            "job" => random.Next(2) == 0 ? "cleanUp" : "refreshViews",
            _ => isHostile ? _ids[random.Next(_ids.Length)] : _ids[0],
        };

    private static string Query(FuzzOperation operation, Random random, bool isHostile)
    {
        var query = operation.Query.Where(_ => random.Next(4) == 0).Select(name => name + "=" + Uri.EscapeDataString(
            isHostile ? Printable(OddText.Next(random)) : _numbers[random.Next(_numbers.Length)])).ToList();
        if (isHostile && random.Next(10) == 0)
        {
            query.Add("unknown=1");
        }

        return query.Count == 0 ? string.Empty : "?" + string.Join('&', query);
    }

    // An address may be no longer than a server takes, and a lone surrogate cannot be escaped.
    private static string Printable(string text)
    {
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return whole.Length == 0 ? "%" : whole.Length > 300 ? whole[..300] : whole;
    }

    private static byte[] MakeBody(FuzzOperation operation, Random random, bool isHostile)
    {
        if (!isHostile)
        {
            return Encoding.UTF8.GetBytes(random.Next(2) == 0 ? operation.Example! : Mutate(operation.Example!, random));
        }

        var text = Encoding.UTF8.GetBytes(Mutate(Mutate(operation.Example!, random), random));
        switch (random.Next(6))
        {
            case 0:
                return text[..random.Next(text.Length)];
            case 1:
                text[random.Next(text.Length)] = (byte)random.Next(256);
                return text;
            case 2:
                return Encoding.UTF8.GetBytes(OddText.Json(random));
            case 3:
                random.NextBytes(text);
                return text;
            default:
                return text;
        }
    }

    /// <summary>Changes one value or member somewhere in it.</summary>
    private static string Mutate(string json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var node = root;
        while (node is JsonArray or JsonObject)
        {
            if (node is JsonArray { Count: > 0 } array && array[random.Next(array.Count)] is { } item)
            {
                node = item;
                continue;
            }

            if (node is not JsonObject { Count: > 0 } one)
            {
                break;
            }

            var name = one.ElementAt(random.Next(one.Count)).Key;
            switch (random.Next(6))
            {
                case 0:
                    one.Remove(name);
                    return root.ToJsonString();
                case 1:
                    one["unknown"] = 1;
                    return root.ToJsonString();
                case 2 or 3 when one[name] is JsonArray or JsonObject:
                    node = one[name]!;
                    continue;
                default:
                    one[name] = Odd(random);
                    return root.ToJsonString();
            }
        }

        return root.ToJsonString();
    }

    private static JsonNode? Odd(Random random) => random.Next(10) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(-2, 3)),
        2 => JsonValue.Create(1e300),
        3 => JsonValue.Create(true),
        4 => new JsonArray(1, "two"),
        5 => new JsonObject { ["$key"] = 5 },
        6 => JsonValue.Create(-1_000_000.5),
        7 => JsonValue.Create(string.Empty),
        8 => JsonValue.Create("quality-gate"),
        _ => JsonValue.Create(Printable(OddText.Next(random))),
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
