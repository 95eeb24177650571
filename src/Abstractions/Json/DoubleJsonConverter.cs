using System.Text.Json;
using System.Text.Json.Serialization;

namespace QLearning.Abstractions;

/// <summary>
/// Numbers in <see cref="System.Text.Json"/>: NaN and the infinities, which SQL programs may store and JSON has no number for, are written
/// as null, so that one row never fails the list that it is in. Null is not read as a number.
/// </summary>
public sealed class DoubleJsonConverter : JsonConverter<double>
{
    /// <inheritdoc />
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
