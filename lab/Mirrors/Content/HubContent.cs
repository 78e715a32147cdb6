using System.Security.Cryptography;
using System.Text;
using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// Repositories of the hub: both copies of the weights and their small files, like the real ones, so that a download of the wrong copy is
/// detected. The same model and scale produce the same bytes.
/// </summary>
internal static class HubContent
{
    // Files that the real repositories store in LFS.
    private static readonly string[] LargeNames = ["tekken.json", "tokenizer.json"];

    /// <summary>Writes a repository into <c>hub/</c> of a content folder, with a manifest so that the server need not hash.</summary>
    /// <param name="folder">Content folder, <see cref="MirrorOptions.Folder"/>.</param>
    /// <param name="model">The model; its pinned commit is the repository's, or one derived from the id.</param>
    /// <param name="scale">
    /// Size of one copy, as a share of <see cref="ModelSpec.WeightBytes"/>, but at least the headers of its files.
    /// </param>
    /// <param name="moreRevisions">Additional commits, 40 hex digits.</param>
    public static HubManifest Write(string folder, ModelSpec model, double scale, params IEnumerable<string> moreRevisions)
    {
        var repository = Path.Combine(folder, "hub", model.Id);
        var files = Path.Combine(repository, "files");
        if (Directory.Exists(files))
        {
            Directory.Delete(files, recursive: true);
        }

        Directory.CreateDirectory(files);
        var rows = new List<HubFile>();
        foreach (var format in model.Formats)
        {
            var weights = new ShrunkWeights(model, format, scale);
            rows.AddRange(weights.Files.Select(file => WriteWeights(files, model, weights, file)));
            if (weights.IndexName is { } index)
            {
                rows.Add(WriteSmall(files, index, HubDescriptions.Index(weights)));
            }
        }

        if (model.Formats.Contains(WeightsFormat.Mistral))
        {
            rows.Add(WriteSmall(files, "params.json", HubDescriptions.Params(model)));
            rows.Add(WriteSmall(files, "tekken.json", HubDescriptions.Tekken(model)));
        }

        rows.Add(WriteSmall(files, ".gitattributes", Encoding.UTF8.GetBytes(
            string.Concat(LargeNames.Prepend("*.safetensors").Select(name => $"{name} filter=lfs diff=lfs merge=lfs -text\n")))));
        rows.AddRange(HubDescriptions.Others(model).Select(file => WriteSmall(files, file.Name, file.Content)));
        var manifest = new HubManifest(
            model.Id, [.. moreRevisions.Prepend(model.Revision ?? RevisionOf(model)).Distinct()], model.Gated,
            [.. rows.OrderBy(row => row.Path, StringComparer.Ordinal)]);
        StoredJson.Write(Path.Combine(repository, HubManifest.FileName), manifest);
        return manifest;
    }

    /// <summary>SHA-256 of the files that a node fetches, by name, as a catalog would pin them.</summary>
    /// <param name="repository">Its folder.</param>
    /// <param name="model">The model.</param>
    public static IReadOnlyDictionary<string, string> Checksums(string repository, ModelSpec model) =>
        StoredJson.Read<HubManifest>(Path.Combine(repository, HubManifest.FileName)).Files
            .Where(file => WeightsChecksums.IsFetched(file.Path, model.ServedFormat))
            .ToDictionary(
                file => file.Path,
                file => file.Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(FilePath(repository, file)))),
                StringComparer.Ordinal);

    private static string FilePath(string repository, HubFile file) => Path.Combine(repository, "files", file.Path);

    /// <summary>A made-up commit, for a model whose row has none.</summary>
    public static string RevisionOf(ModelSpec model) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"commit of {model.Id}")))[..40];

    private static HubFile WriteWeights(string folder, ModelSpec model, ShrunkWeights weights, WeightsFile file)
    {
        using var stream = File.Create(Path.Combine(folder, file.Name));
        using var hashing = new HashingStream(stream);
        Safetensors.Write(hashing, file.Tensors, weights.Metadata, file.Size, Noise.Seed($"{model.Id}/{file.Name}"));
        return Large(file.Name, hashing.Length, hashing.Sha256);
    }

    private static HubFile WriteSmall(string folder, string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(folder, name), content);
        return LargeNames.Contains(name)
            ? Large(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)))
            : new(name, content.Length, GitBlob(content), null);
    }

    private static HubFile Large(string name, long size, string sha256) =>
        new(name, size, GitBlob(Encoding.ASCII.GetBytes(LfsPointer.Text(sha256, size))), sha256);

    private static string GitBlob(byte[] content)
    {
#pragma warning disable CA5350 // Git names its blobs by SHA-1.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
    }
}
