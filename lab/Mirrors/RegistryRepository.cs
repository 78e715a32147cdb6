namespace Infra.Lab.Mirrors;

/// <summary>
/// An image repository: <c>registry/repositories/NAME.json</c>. Blobs and manifests are in <c>registry/blobs/sha256/HEX</c>.
/// </summary>
/// <param name="Name"><c>vllm/vllm-openai</c>.</param>
/// <param name="Tags">Digest of a manifest or index by tag.</param>
/// <param name="Manifests">Media type by digest.</param>
/// <param name="Blobs">Digests of layers and configurations.</param>
internal sealed record RegistryRepository(
    string Name, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, string> Manifests, IReadOnlyList<string> Blobs)
{
    /// <summary>Path of a repository's description; null: invalid name.</summary>
    public static string? FileOf(string folder, string name) => SafePath.Under(Path.Combine(folder, "repositories"), $"{name}.json");

    /// <summary>Path of a blob or manifest.</summary>
    /// <param name="folder">Folder of the registry.</param>
    /// <param name="digest"><c>sha256:HEX</c>.</param>
    public static string BlobFile(string folder, string digest) => Path.Combine(folder, "blobs", "sha256", digest["sha256:".Length..]);
}
