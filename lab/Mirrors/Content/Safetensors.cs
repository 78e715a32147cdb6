using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// Files of the safetensors format: header length (8 bytes, little endian), JSON header padded with blanks, data. The data is noise.
/// </summary>
internal static class Safetensors
{
    // Like safetensors: the data begins at a multiple of 8.
    private const int Alignment = 8;

    /// <summary>Size of the file without padding beyond the alignment.</summary>
    public static long Size(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata) =>
        8 + Aligned(Header(tensors, metadata).Length) + tensors.Sum(tensor => tensor.Bytes);

    /// <summary>Writes a file of an exact size; the header is padded with blanks.</summary>
    /// <param name="into">The output.</param>
    /// <param name="tensors">Tensors in data order.</param>
    /// <param name="metadata">Text for <c>__metadata__</c>.</param>
    /// <param name="size">Size in bytes, at least <see cref="Size"/>.</param>
    /// <param name="seed">Seed of the data.</param>
    public static void Write(
        Stream into, IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata, long size, ulong seed)
    {
        var header = Header(tensors, metadata);
        var data = tensors.Sum(tensor => tensor.Bytes);
        var length = Math.Max(Aligned(header.Length), size - 8 - data);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length);
        into.Write(prefix);
        into.Write(header);
        var blanks = new byte[4096];
        Array.Fill(blanks, (byte)' ');
        for (var left = length - header.Length; left > 0; left -= blanks.Length)
        {
            into.Write(blanks.AsSpan(0, (int)Math.Min(left, blanks.Length)));
        }

        Noise.Write(into, seed, data);
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static byte[] Header(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            long offset = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes]);
                json.WriteEndObject();
                offset += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
