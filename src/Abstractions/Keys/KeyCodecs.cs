using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace QLearning.Abstractions;

/// <summary>The wire form of keys: one length-prefixed field of a kind byte and either 32 hash bytes or the key's UTF-8 text.</summary>
internal static class PackedKeyWire
{
    private const byte Hash = 1;
    private const byte Text = 2;
    private const byte Empty = 0;
    private const int MaxPayloadBytes = 1 + (QLimits.MaxKeyCharacters * 4);

    public static void Write<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expected, Type actual, PackedKey key)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expected, actual, WireType.LengthPrefixed);
        Span<byte> payload = stackalloc byte[MaxPayloadBytes];
        var length = 1;
        if (key.Text is { } text)
        {
            payload[0] = Text;
            length += Encoding.UTF8.GetBytes(text, payload[1..]);
        }
        else if (key.IsEmpty)
        {
            payload[0] = Empty;
        }
        else
        {
            payload[0] = Hash;
            key.CopyHashTo(payload[1..]);
            length += PackedKey.HashBytes;
        }

        writer.WriteVarUInt32((uint)length);
        writer.Write(payload[..length]);
    }

    public static PackedKey Read<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        var length = reader.ReadVarUInt32();
        if (length is 0 or > MaxPayloadBytes)
        {
            throw InvalidInputException.For("key", length, "its wire form has a wrong length", $"1 to {MaxPayloadBytes} bytes");
        }

        Span<byte> payload = stackalloc byte[MaxPayloadBytes];
        payload = payload[..(int)length];
        reader.ReadBytes(payload);
        switch (payload[0])
        {
            case Empty when payload.Length == 1:
                return default;
            case Hash when payload.Length == 1 + PackedKey.HashBytes:
                return PackedKey.FromHash(payload[1..]);
            // GetString would turn malformed bytes into U+FFFD, and so one key into another.
            case Text when Utf8.IsValid(payload[1..]) && PackedKey.TryParse(Encoding.UTF8.GetString(payload[1..]), out var key, out _):
                return key;
            default:
                throw InvalidInputException.For(
                    "key",
                    Convert.ToHexStringLower(payload),
                    "its wire form is malformed",
                    "00, 01 and 32 hash bytes, or 02 and a key in UTF-8");
        }
    }
}

/// <summary>Serializes <see cref="StateKey"/> between processes.</summary>
[RegisterSerializer]
public sealed class StateKeyCodec : IFieldCodec<StateKey>
{
    /// <inheritdoc />
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, StateKey value)
        where TBufferWriter : IBufferWriter<byte> =>
        PackedKeyWire.Write(ref writer, fieldIdDelta, expectedType, typeof(StateKey), value.Value);

    /// <inheritdoc />
    public StateKey ReadValue<TInput>(ref Reader<TInput> reader, Field field) => new(PackedKeyWire.Read(ref reader, field));
}

/// <summary>Serializes <see cref="ActionKey"/> between processes.</summary>
[RegisterSerializer]
public sealed class ActionKeyCodec : IFieldCodec<ActionKey>
{
    /// <inheritdoc />
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, ActionKey value)
        where TBufferWriter : IBufferWriter<byte> =>
        PackedKeyWire.Write(ref writer, fieldIdDelta, expectedType, typeof(ActionKey), value.Value);

    /// <inheritdoc />
    public ActionKey ReadValue<TInput>(ref Reader<TInput> reader, Field field) => new(PackedKeyWire.Read(ref reader, field));
}

/// <summary>Keys are immutable: a copy is the value itself.</summary>
[RegisterCopier]
public sealed class StateKeyCopier : IDeepCopier<StateKey>, IOptionalDeepCopier
{
    /// <inheritdoc />
    public StateKey DeepCopy(StateKey input, CopyContext context) => input;

    /// <inheritdoc />
    public bool IsShallowCopyable() => true;
}

/// <summary>Keys are immutable: a copy is the value itself.</summary>
[RegisterCopier]
public sealed class ActionKeyCopier : IDeepCopier<ActionKey>, IOptionalDeepCopier
{
    /// <inheritdoc />
    public ActionKey DeepCopy(ActionKey input, CopyContext context) => input;

    /// <inheritdoc />
    public bool IsShallowCopyable() => true;
}
