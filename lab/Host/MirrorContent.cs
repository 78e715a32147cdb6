using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Infra.Lab.Mirrors.Content;
using Infra.Lab.State;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Host;

/// <summary>Size of the mirrors' content.</summary>
/// <param name="Scale">Scale of image and weights.</param>
/// <param name="WheelBytes">Additional bytes in the engine's wheel, in place of the packages that the real one requires.</param>
internal sealed record ContentSize(double Scale, int WheelBytes = 0)
{
    /// <summary>An image of 30 MB for one of 9.0 GB, weights of 16 MB for those of Ministral 3 3B.</summary>
    public static ContentSize Default { get; } = new(1.0 / 300);
}

/// <summary>
/// The content of a lab's mirrors: weights of its models, the fake engine as image and wheel, Debian packages. Cached by content; the lab's
/// folder has links to it.
/// </summary>
/// <param name="Digests">Digest of the engine's image by <see cref="ImageKey"/>.</param>
/// <param name="Checksums">SHA-256 of the files that nodes fetch, by model and name.</param>
internal sealed record MirrorContent(
    IReadOnlyDictionary<string, string> Digests, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Checksums)
{
    /// <summary>Name of the folder in the lab's folder.</summary>
    public const string FolderName = "mirror";

    /// <summary>At that scale, one copy of the largest models would fill the disk.</summary>
    public const double LargestCopyBytes = 64e6;

    /// <summary>Increased when the same sources produce other content.</summary>
    private const int Version = 3;

    private const string DigestsFile = "digests.json";
    private const string Packages = "usr/lib/python3/dist-packages";

    /// <summary>Folder of the fake engine's Python package.</summary>
    public static string EngineSources => Path.Combine(AppContext.BaseDirectory, "Vllm");

    public static string ImageKey(string repository, string version) => $"{repository} {version}";

    /// <summary>Creates missing content, and the lab's folder of links.</summary>
    /// <param name="folder">The lab.</param>
    /// <param name="images">The server images.</param>
    /// <param name="plan">The plan with models and engines.</param>
    /// <param name="size">Size of the content.</param>
    /// <param name="print">Receives messages about slow steps.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<MirrorContent> PrepareAsync(
        LabFolder folder, ServerImages images, StackPlan plan, ContentSize size, Action<string> print, CancellationToken cancel)
    {
        var engines = plan.Endpoints.Select(endpoint => endpoint.Placement.Engine).DistinctBy(engine => engine.Version).ToArray();
        var versions = string.Join(' ', engines.Select(release => release.Version).Order(StringComparer.Ordinal));
        var engine = await CachedAsync(
            folder.Cache, "engine", Hash(images.Engine, SourcesHash(), size.Scale, size.WheelBytes, versions),
            target => Task.Run(() => BuildEngine(target, images, engines, plan.Catalog, size), cancel),
            () => print("building the fake engine ..."), cancel);
        var mirror = Path.Combine(folder.Path, FolderName);
        Link(Path.Combine(mirror, "registry"), Path.Combine(engine, "registry"));
        Link(Path.Combine(mirror, "python"), Path.Combine(engine, "python"));
        LinkPackages(folder, images);
        var checksums = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var endpoint in plan.Endpoints.DistinctBy(endpoint => (endpoint.Placement.Model.Id, endpoint.Revision)))
        {
            var model = endpoint.Placement.Model;
            var made = await WeightsAsync(folder.Cache, endpoint, size.Scale, print, cancel);
            var weights = Path.Combine(made, "hub", model.Id);
            Link(Path.Combine(mirror, "hub", model.Id), weights);
            checksums[model.Id] = HubContent.Checksums(weights, model);
        }

        var digests = StateFile.Read(Path.Combine(engine, DigestsFile), MachineJson.Default.DictionaryStringString)
            ?? throw new StateFileException(engine, "it has no digests");
        return new MirrorContent(digests, checksums);
    }

    /// <summary>The part that every lab has: Debian packages and certificates.</summary>
    public static void LinkPackages(LabFolder folder, ServerImages images)
    {
        var mirror = Path.Combine(folder.Path, FolderName);
        foreach (var part in images.Archives.SelectMany(Directory.EnumerateDirectories).SelectMany(Directory.EnumerateDirectories)
            .SelectMany(Directory.EnumerateDirectories))
        {
            // DISTRIBUTION/dists/SUITE and DISTRIBUTION/pool/SUITE: releases of one distribution share its tree.
            Link(Path.Combine([mirror, "apt", .. part.Split('/')[^3..]]), part);
        }

        Link(Path.Combine(mirror, "third-party"), images.ThirdParty);
        Link(Path.Combine(mirror, "tls"), images.Certificates);
    }

    private static Task<string> WeightsAsync(
        string cache, EndpointPlan endpoint, double scale, Action<string> print, CancellationToken cancel)
    {
        var model = endpoint.Placement.Model;
        string[] revisions = endpoint.Revision == model.Revision ? [] : [endpoint.Revision];
        var share = Math.Min(scale, LargestCopyBytes / model.WeightBytes);
        return CachedAsync(
            cache, "weights", Hash(JsonSerializer.Serialize(model with { Checksums = null }), share, string.Join(' ', revisions)),
            target => Task.Run(() => HubContent.Write(target, model, share, revisions), cancel),
            () => print($"creating small weights for {model.Id} ..."),
            cancel);
    }

    private static void BuildEngine(string target, ServerImages images, IReadOnlyList<EngineRelease> engines, ModelCatalog catalog,
        ContentSize size)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var engine in engines)
        {
            foreach (var wanted in engine.Images.Values)
            {
                var name = wanted.Repository[(wanted.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
                var built = OciBuilder.Build(target, new OciImageSpec
                {
                    Repository = name,
                    Tags = [$"v{engine.Version}"],
                    RootfsArchives = [images.EngineRoot],
                    Files = EngineFiles(engine.Version),
                    CompressedBytes = (long)(
                        (wanted.CompressedBytes ?? engine.Images.Values.Max(other => other.CompressedBytes) ?? 0) * size.Scale),
                });
                digests[ImageKey(wanted.Repository, engine.Version)] = built.IndexDigest;
            }
        }

        PythonContent.Write(target, EngineSources, catalog.Engines.Values, images.PipWheel, size.WheelBytes);
        WriteDigests(target, digests);
    }

    private static void WriteDigests(string target, IReadOnlyDictionary<string, string> digests) => StateFile.Write(
        Path.Combine(target, DigestsFile), digests.ToDictionary(StringComparer.Ordinal), MachineJson.Default.DictionaryStringString);

    private static Dictionary<string, OciFile> EngineFiles(string version)
    {
        var files = Directory.EnumerateFiles(Path.Combine(EngineSources, "vllm"), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".py", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal))
            .ToDictionary(file => $"/{Packages}/{Path.GetRelativePath(EngineSources, file)}", file => new OciFile(File.ReadAllBytes(file)),
                StringComparer.Ordinal);
        files[$"/{Packages}/vllm/_version.py"] = OciFile.Text($"__version__ = version = \"{version}\"\n");
        files["/usr/local/bin/vllm"] = OciFile.Text(
            "#!/usr/bin/python3\nimport sys\nfrom vllm.entrypoints.cli.main import main\nsys.exit(main())\n", executable: true);
        // As in vLLM's image: a user 2000 in root's group.
        files["/etc/passwd"] = OciFile.Text("root:x:0:0:root:/root:/bin/sh\nvllm:x:2000:0::/home/vllm:/bin/sh\n");
        files["/etc/group"] = OciFile.Text("root:x:0:\n");
        return files;
    }

    /// <summary>A cache folder, created when first needed, and again if it is incomplete.</summary>
    private static async Task<string> CachedAsync(
        string cache,
        string kind,
        string hash,
        Func<string, Task> make,
        Action report,
        CancellationToken cancel)
    {
        var folder = Path.Combine(cache, kind, hash);
        if (CacheManifest.Damage(folder) is null)
        {
            return folder;
        }

        using var held = await FolderLock.TakeAsync($"{folder}.lock", static _ => { }, cancel);
        if (CacheManifest.Damage(folder) is null)
        {
            return folder;
        }

        // Incomplete content, for example after a full disk, would make downloads fail in confusing ways: it is created again.
        report();
        var unfinished = $"{folder}.new";
        StateFile.Remove(unfinished);
        Directory.CreateDirectory(unfinished);
        try
        {
            await make(unfinished);
            CacheManifest.Write(unfinished);
            StateFile.Remove(folder);
            Directory.Move(unfinished, folder);
            return folder;
        }
        finally
        {
            StateFile.Remove(unfinished);
        }
    }

    private static string Hash(params ReadOnlySpan<object> parts)
    {
        var text = string.Join('\n',
            parts.ToArray().Select(part => Convert.ToString(part, CultureInfo.InvariantCulture)).Prepend($"{Version}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    private static string SourcesHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(EngineSources, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(EngineSources, file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Correct files stay: a server may be downloading them.
    private static void Link(string link, string target)
    {
        if (new FileInfo(link).LinkTarget == target)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        StateFile.Remove(link);
        Directory.CreateSymbolicLink(link, target);
    }
}
