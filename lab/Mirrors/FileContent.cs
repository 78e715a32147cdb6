using Microsoft.Win32.SafeHandles;

namespace Infra.Lab.Mirrors;

/// <summary>The content of a response: bytes of a file or of memory, with its validators.</summary>
internal sealed record FileContent
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes;

    private FileContent(string name, string? path, ReadOnlyMemory<byte> bytes, long size) =>
        (Name, _path, _bytes, Size) = (name, path, bytes, size);

    /// <summary>Name for the corruption fault.</summary>
    public string Name { get; }

    /// <summary>Bytes.</summary>
    public long Size { get; }

    public string Type { get; init; } = "application/octet-stream";

    /// <summary>Quoted ETag; null: none.</summary>
    public string? ETag { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>Content of a file; reads its size now.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static FileContent OfFile(string name, string path)
    {
        var file = new FileInfo(path);
        return new(name, path, default, file.Length);
    }

    public static FileContent OfBytes(string name, ReadOnlyMemory<byte> bytes) => new(name, null, bytes, bytes.Length);

    public Source Open() => new(_path is null ? null : File.OpenHandle(_path, options: FileOptions.Asynchronous), _bytes);

    /// <summary>An open content stream.</summary>
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
