namespace Infra.Lab.Mirrors.Content;

/// <summary>A stream of noise with a fixed length, for writers that need a stream.</summary>
internal sealed class NoiseStream(ulong seed, long length) : Stream
{
    private readonly byte[] _block = new byte[1 << 16];
    private long _position;

    public override bool CanRead => true;

    // A tar writer needs the length for the header.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        var start = _position % _block.Length;
        Noise.Fill(_block, seed, _position - start);
        var count = (int)Math.Min(Math.Min(buffer.Length, _block.Length - start), length - _position);
        _block.AsSpan((int)start, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
