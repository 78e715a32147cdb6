using System.Text;

namespace Infra.Lab.Mirrors.Content;

/// <summary>An image to build.</summary>
internal sealed record OciImageSpec
{
    /// <summary>Name in the registry, without its host: <c>vllm/vllm-openai</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Tags for the index.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Root file systems, lowest first: tar, or gzipped tar (used unchanged), each a layer.</summary>
    public IReadOnlyList<string> RootfsArchives { get; init; } = [];

    /// <summary>Additional files by absolute path: one layer on top.</summary>
    public IReadOnlyDictionary<string, OciFile> Files { get; init; } = new Dictionary<string, OciFile>();

    public IReadOnlyList<string> Entrypoint { get; init; } = ["vllm", "serve"];

    public IReadOnlyList<string> Environment { get; init; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string Architecture { get; init; } = "amd64";

    /// <summary>Bytes of an additional noise layer, <c>/usr/share/lab/padding</c>; 0: none.</summary>
    public long PaddingBytes { get; init; }

    /// <summary>
    /// Compressed bytes of all layers together, as in the catalog: noise is added up to this size. 0: none. Overrides <see
    /// cref="PaddingBytes"/>.
    /// </summary>
    public long CompressedBytes { get; init; }
}

/// <param name="Content">Bytes.</param>
/// <param name="Executable">Whether its mode is 0755; else 0644.</param>
internal sealed record OciFile(ReadOnlyMemory<byte> Content, bool Executable = false)
{
    public static OciFile Text(string text, bool executable = false) => new(Encoding.UTF8.GetBytes(text), executable);
}

/// <summary>A built image.</summary>
/// <param name="IndexDigest">Digest for pulling: <c>sha256:HEX</c> of the index.</param>
/// <param name="ManifestDigest">Digest of the one manifest in it.</param>
/// <param name="CompressedBytes">Compressed bytes of its layers.</param>
internal sealed record OciImage(string IndexDigest, string ManifestDigest, long CompressedBytes);
