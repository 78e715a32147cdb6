using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// Writes images into <c>registry/</c> of a content folder. Independent of time and machine, so digests are reproducible.
/// </summary>
internal static class OciBuilder
{
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;

    // 0644 and 0755.
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Overhead of gzip and tar for stored noise: noise is added up to this margin.
    private const long PaddingOverhead = 4096;

    /// <summary>Builds an image, and adds it to its repository.</summary>
    /// <param name="folder">Content folder, <see cref="MirrorOptions.Folder"/>.</param>
    /// <param name="spec">The image.</param>
    public static OciImage Build(string folder, OciImageSpec spec)
    {
        var registry = Path.Combine(folder, "registry");
        var store = new OciStore(registry);
        var layers = spec.RootfsArchives.Select(archive => Archive(store, archive)).ToList();
        if (spec.Files.Count > 0)
        {
            layers.Add(Layer(store, CompressionLevel.Optimal, tar => WriteFiles(tar, spec.Files)));
        }

        var padding = spec.CompressedBytes > 0
            ? spec.CompressedBytes - layers.Sum(layer => layer.Size) - PaddingOverhead
            : spec.PaddingBytes;
        if (padding > 0)
        {
            layers.Add(Layer(store, CompressionLevel.NoCompression, tar => WritePadding(tar, spec.Repository, padding)));
        }

        var config = store.Add(Json(Config(spec, layers)));
        var manifest = store.Add(Json(Manifest(config, layers)));
        var index = store.Add(Json(Index(spec, manifest)));
        Publish(registry, spec, index, manifest, [config.Digest, .. layers.Select(layer => layer.Digest)]);
        return new(index.Digest, manifest.Digest, layers.Sum(layer => layer.Size));
    }

    private static string FileOf(string registry, string name) =>
        RegistryRepository.FileOf(registry, name)
            ?? throw new ArgumentException($"'{name}' cannot be the name of a repository.", nameof(name));

    private static void Publish(string registry, OciImageSpec spec, OciBlob index, OciBlob manifest, IReadOnlyList<string> blobs)
    {
        var path = FileOf(registry, spec.Repository);
        var known = File.Exists(path)
            ? StoredJson.Read<RegistryRepository>(path)
            : new(spec.Repository, new Dictionary<string, string>(), new Dictionary<string, string>(), []);
        StoredJson.Write(path, known with
        {
            Tags = new SortedDictionary<string, string>(
                known.Tags.Where(tag => !spec.Tags.Contains(tag.Key))
                    .Concat(spec.Tags.Select(tag => KeyValuePair.Create(tag, index.Digest))).ToDictionary(),
                StringComparer.Ordinal),
            Manifests = new SortedDictionary<string, string>(
                new Dictionary<string, string>(known.Manifests) { [index.Digest] = IndexType, [manifest.Digest] = ManifestType },
                StringComparer.Ordinal),
            Blobs = [.. known.Blobs.Concat(blobs).Distinct().Order(StringComparer.Ordinal)],
        });
    }

    private static OciLayer Archive(OciStore store, string archive)
    {
        using var file = File.OpenRead(archive);
        Span<byte> magic = stackalloc byte[2];
        var gzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        file.Position = 0;
        if (!gzip)
        {
            return Layer(store, CompressionLevel.Optimal, file.CopyTo);
        }

        string content;
        using (var plain = new HashingStream(Stream.Null))
        using (var unzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true))
        {
            unzip.CopyTo(plain);
            content = $"sha256:{plain.Sha256}";
        }

        file.Position = 0;
        var blob = store.Add(file.CopyTo);
        return new(blob.Digest, blob.Size, content);
    }

    private static OciLayer Layer(OciStore store, CompressionLevel level, Action<Stream> write)
    {
        var content = "";
        var blob = store.Add(into =>
        {
            // The header of .NET's gzip has no timestamp.
            using var zip = new GZipStream(into, level, leaveOpen: true);
            using var hashing = new HashingStream(zip);
            write(hashing);
            content = $"sha256:{hashing.Sha256}";
        });
        return new(blob.Digest, blob.Size, content);
    }

    private static void WriteFiles(Stream into, IReadOnlyDictionary<string, OciFile> files)
    {
        using var tar = new TarWriter(into, TarEntryFormat.Ustar, leaveOpen: true);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, file) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var name = path.TrimStart('/');
            for (var end = name.IndexOf('/', StringComparison.Ordinal); end > 0; end = name.IndexOf('/', end + 1))
            {
                if (folders.Add(name[..end]))
                {
                    WriteFolder(tar, $"{name[..end]}/");
                }
            }

            using var content = new MemoryStream(file.Content.ToArray());
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                ModificationTime = Time,
                Mode = file.Executable ? Executable : Plain,
                DataStream = content,
            });
        }
    }

    private static void WritePadding(Stream into, string seed, long bytes)
    {
        using var tar = new TarWriter(into, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var folder in (string[])["usr/", "usr/share/", "usr/share/lab/"])
        {
            WriteFolder(tar, folder);
        }

        using var noise = new NoiseStream(Noise.Seed(seed), bytes);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "usr/share/lab/padding")
        {
            ModificationTime =
            Time,
            Mode = Plain,
            DataStream = noise
        });
    }

    private static void WriteFolder(TarWriter tar, string name) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, name) { ModificationTime = Time, Mode = Executable });

    private static JsonObject Config(OciImageSpec spec, IReadOnlyList<OciLayer> layers)
    {
        var config = new JsonObject { ["Env"] = Texts(spec.Environment), ["Entrypoint"] = Texts(spec.Entrypoint) };
        if (spec.WorkingDirectory is { } folder)
        {
            config["WorkingDir"] = folder;
        }

        if (spec.Labels.Count > 0)
        {
            config["Labels"] = new JsonObject([.. spec.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))]);
        }

        return new()
        {
            ["created"] = "1970-01-01T00:00:00Z",
            ["architecture"] = spec.Architecture,
            ["os"] = "linux",
            ["config"] = config,
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Texts(layers.Select(layer => layer.Content)) },
            ["history"] = new JsonArray(
                [.. layers.Select(_ => (JsonNode)new JsonObject { ["created"] = "1970-01-01T00:00:00Z", ["created_by"] = "lab" })]),
        };
    }

    private static JsonObject Manifest(OciBlob config, IReadOnlyList<OciLayer> layers) => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = ManifestType,
        ["config"] = Descriptor(ConfigType, config),
        ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)Descriptor(LayerType, new(layer.Digest, layer.Size)))]),
    };

    private static JsonObject Index(OciImageSpec spec, OciBlob manifest)
    {
        var row = Descriptor(ManifestType, manifest);
        row["platform"] = new JsonObject { ["architecture"] = spec.Architecture, ["os"] = "linux" };
        return new() { ["schemaVersion"] = 2, ["mediaType"] = IndexType, ["manifests"] = new JsonArray(row) };
    }

    private static JsonObject Descriptor(string type, OciBlob blob) =>
        new() { ["mediaType"] = type, ["digest"] = blob.Digest, ["size"] = blob.Size };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static Action<Stream> Json(JsonObject json) =>
        into => into.Write(Encoding.UTF8.GetBytes(json.ToJsonString(JsonSerializerOptions.Default)));

    /// <param name="Digest">Digest of the compressed layer.</param>
    /// <param name="Size">Its bytes.</param>
    /// <param name="Content">Digest of the tar in it.</param>
    private sealed record OciLayer(string Digest, long Size, string Content);
}
