using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace QLearning.Http.Bodies;

/// <summary>Reads a body of lines, NDJSON, no faster than its lines are used: the rest waits with the caller.</summary>
/// <param name="context">The request.</param>
internal sealed class LineReader(HttpContext context)
{
    private readonly PipeReader _body = context.Request.BodyReader;
    private readonly int _longest = context.RequestServices.GetRequiredService<IOptions<HttpApiOptions>>().Value.MaxBodyBytes;

    /// <summary>The next lines that are not empty; fewer than asked for at the end.</summary>
    /// <param name="count">The most.</param>
    /// <exception cref="Problems.RequestException">A line is too long.</exception>
    public async ValueTask<List<byte[]>> ReadAsync(int count)
    {
        var lines = new List<byte[]>();
        while (lines.Count < count)
        {
            var read = await _body.ReadAsync(context.RequestAborted);
            var rest = Take(read.Buffer, lines, count);
            if (lines.Count < count)
            {
                // Else more lines may have arrived already.
                Check(rest);
            }

            if (!read.IsCompleted || lines.Count == count)
            {
                _body.AdvanceTo(rest.Start, lines.Count == count ? rest.Start : rest.End);
                continue;
            }

            // The last line may have no end.
            Add(rest, lines);
            _body.AdvanceTo(rest.End);
            break;
        }

        return lines;
    }

    private ReadOnlySequence<byte> Take(ReadOnlySequence<byte> buffer, List<byte[]> lines, int count)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (lines.Count < count && reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            Check(line);
            Add(line, lines);
        }

        return reader.UnreadSequence;
    }

    private void Check(in ReadOnlySequence<byte> line)
    {
        if (line.Length > _longest)
        {
            throw BodyReader.TooLarge(_longest);
        }
    }

    private static void Add(ReadOnlySequence<byte> line, List<byte[]> lines)
    {
        var bytes = line.ToArray();
        if (bytes.AsSpan().Trim(" \t\r"u8).Length > 0)
        {
            lines.Add(bytes);
        }
    }
}
