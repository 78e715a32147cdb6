using Microsoft.Win32.SafeHandles;

namespace Infra.Lab.Mirrors;

/// <summary>What an answer carries: bytes of a file or of memory, and how a client tells them from others.</summary>
internal sealed record FileContent
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes;

    private FileContent(string name, string? path, ReadOnlyMemory<byte> bytes, long size) => (Name, _path, _bytes, Size) = (name, path, bytes, size);

    /// <summary>Name that a corruption may ask for.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    public string Type { get; init; } = "application/octet-stream";

    /// <summary>With its quotes; null: none.</summary>
    public string? ETag { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>Of a file; its size is read now.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static FileContent OfFile(string name, string path)
    {
        var file = new FileInfo(path);
        return new(name, path, default, file.Length);
    }

    public static FileContent OfBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, null, bytes, bytes.Length);

    public Source Open() => new(_path is null ? null : File.OpenHandle(_path, options: FileOptions.Asynchronous), _bytes);

    /// <summary>Open content.</summary>
    public readonly struct Source(SafeFileHandle? handle, ReadOnlyMemory<byte> bytes) : IDisposable
    {
        public ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancel)
        {
            if (handle is not null)
            {
                return RandomAccess.ReadAsync(handle, into, offset, cancel);
            }

            var part = bytes.Slice((int)offset, Math.Min(into.Length, bytes.Length - (int)offset));
            part.CopyTo(into);
            return new(part.Length);
        }

        public void Dispose() => handle?.Dispose();
    }
}
