using System.Buffers.Binary;
using System.Text;

namespace Infra.Lab.Provider.Keys;

/// <summary>Writes the data types of SSH (RFC 4251, 5).</summary>
internal sealed class SshWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public SshWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public SshWriter Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public SshWriter Text(string value) => Text(Encoding.ASCII.GetBytes(value));

    public SshWriter Text(ReadOnlySpan<byte> value) => Number((uint)value.Length).Raw(value);

    /// <summary>A number without a sign: no leading zeros, but one where the first bit would read as a sign.</summary>
    public SshWriter Integer(ReadOnlySpan<byte> bigEndian)
    {
        var value = bigEndian.TrimStart((byte)0);
        return value.Length > 0 && value[0] >= 0x80 ? Text([0, .. value]) : Text(value);
    }
}
