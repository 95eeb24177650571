using System.Buffers.Binary;
using System.Security.Cryptography;

namespace QLearning.Http.Keys;

/// <summary>Ids for the things that a request makes without naming them.</summary>
internal static class DerivedId
{
    /// <summary>The id of one of them: the same each time that the request is repeated with its key, else a new one.</summary>
    /// <param name="request">The id that stays the same; null: the request has no key.</param>
    /// <param name="index">The place of the thing in the request.</param>
    public static Guid Of(Guid? request, int index)
    {
        if (request is not { } id)
        {
            return Guid.CreateVersion7();
        }

        Span<byte> text = stackalloc byte[20];
        id.TryWriteBytes(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[16..], index);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return new Guid(hash[..16]);
    }
}
