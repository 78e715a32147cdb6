using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Lab.State;
using Infra.Planning.Errors;

namespace Infra.Lab.Host;

/// <summary>
/// Server images, created once and cached by content: roots of the releases, layers of the image profiles, and shared parts. See the
/// scripts <c>prepare-authority</c>, <c>prepare-engine</c>, <c>prepare-base</c> and <c>make-layer</c>.
/// </summary>
internal sealed class ServerImages
{
    /// <summary>Exit status of a script whose archive is unreachable.</summary>
    private const int Unreachable = 3;

    /// <summary>The root folder of a release: thousands of files, which are not recorded.</summary>
    private const string RootFolder = "root";

    private readonly string _cache;
    private readonly Dictionary<string, string> _bases = new(StringComparer.Ordinal);

    private ServerImages(string cache, string authority, string engine)
    {
        _cache = cache;
        Authority = authority;
        Engine = engine;
    }

    /// <summary>Folder of keys and certificates that all servers of this machine trust.</summary>
    public string Authority { get; }

    /// <summary>Folder of the fake engine's parts.</summary>
    public string Engine { get; }

    public string EngineRoot => Path.Combine(Engine, "engine.tar");

    public string PipWheel => Directory.EnumerateFiles(Path.Combine(Engine, "wheels"), "pip-*.whl").Single();

    public string Certificates => Path.Combine(Authority, "tls");

    /// <summary>A third-party package archive.</summary>
    public string ThirdParty => Path.Combine(Authority, "third-party");

    /// <summary>Package archives of the releases.</summary>
    public IEnumerable<string> Archives => _bases.Values.Select(folder => Path.Combine(folder, "apt"));

    private static string Sources => Path.Combine(AppContext.BaseDirectory, "Host");

    /// <summary>Images of these releases. Creates missing ones; concurrent callers wait.</summary>
    /// <exception cref="ConfigurationException">
    /// A release could not be created: it does not exist, or its archive is unreachable.
    /// </exception>
    public static async Task<ServerImages> PrepareAsync(string cache, IEnumerable<string> bases, Action<string> print,
        CancellationToken cancel)
    {
        ServerBase[] wanted = [.. bases.Distinct(StringComparer.Ordinal).Select(Named)];
        string[] hosts = [.. MirrorSites.RealNames.Keys.Where(name => !IPAddress.TryParse(name, out _)).Order(StringComparer.Ordinal)];
        var hash = Hash(hosts, "scripts/image.bash", "scripts/prepare-authority");
        var authority = await MadeAsync(cache, "authority", hash, folder => RunAsync("prepare-authority", [folder, .. hosts], cancel),
            "the keys of this machine's labs", print, cancel);
        var engine = MadeAsync(
            cache, "engine-parts", Hash([], "scripts/image.bash", "scripts/prepare-engine", "image/packages.txt"),
            folder => BuiltAsync(Named(ServerBase.Default), "prepare-engine", [], [folder], cancel),
            "the base of the fake engine, from packages (once)", print, cancel);
        var roots = wanted.Select(release => MadeAsync(
            cache, release.Name,
            Hash([hash, .. release.Environ()], ["scripts/image.bash", "scripts/prepare-base", "image/packages.txt", .. BaseFiles()]),
            folder => BuiltAsync(release, "prepare-base", release.Environ(), [folder, authority], cancel),
            $"the server root of {release.Name} from packages (once, one or two minutes)", print, cancel)).ToArray();
        await Task.WhenAll([engine, .. roots]);
        var images = new ServerImages(cache, authority, await engine);
        foreach (var (release, root) in wanted.Zip(roots))
        {
            images._bases[release.Name] = await root;
        }

        return images;
    }

    /// <summary>Lower layers of a server's root, topmost first, as overlayfs expects.</summary>
    public async Task<string> LayersAsync(string release, IReadOnlyList<ImagePart> parts, CancellationToken cancel)
    {
        var root = Path.Combine(_bases[release], "root");
        var packed = new ImageLayer(root, Path.Combine(Authority, "keys"), parts).Pack();
        var hash = Convert.ToHexStringLower(SHA256.HashData([.. SHA256.HashData(packed), .. Encoding.UTF8.GetBytes(root)]))[..16];
        var layer = await MadeAsync(_cache, "layer", hash, folder =>
            HostProgram.RunAsync(Path.Combine(Sources, "scripts", "make-layer"), [folder], packed, cancel), "", static _ => { }, cancel);
        return $"{layer}:{root}";
    }

    private static ServerBase Named(string name) => ServerBase.Find(name) ?? throw new ConfigurationException(new UserError(
        "--base", name, $"must be one of {string.Join(", ", ServerBase.All.Select(known => known.Name))}",
        $"./infra up --base {ServerBase.Default}"));

    private static Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancel) =>
        HostProgram.RunAsync(Path.Combine(Sources, "scripts", script), arguments, null, cancel);

    // An unreachable or interrupted archive is not an internal error.
    private static async Task BuiltAsync(ServerBase release, string script, IEnumerable<string> environ, string[] arguments,
        CancellationToken cancel)
    {
        var answer = await HostProgram.AskAsync("env", [.. environ, Path.Combine(Sources, "scripts", script), .. arguments], null,
            cancel: cancel);
        if (answer.Status == 0)
        {
            return;
        }

        var words = (answer.Errors.Trim().Length > 0 ? answer.Errors : answer.Output).Trim();
        var problem = answer.Status == Unreachable
            ? $"the archive of {release.Name} is unreachable: {words}"
            : $"the server root of {release.Name} could not be built from {release.ArchiveHere}, {script} ended with "
                + $"{answer.Status}: {words}";
        throw new ConfigurationException(new UserError(
            "--base", release.Name, problem,
            release.Name == ServerBase.Default
                ? $"make {release.ArchiveHere} reachable, or set a mirror: {release.ArchiveVariable}=http://MIRROR ./infra up"
                : $"./infra up --base {ServerBase.Default}, or set a reachable mirror: {release.ArchiveVariable}=http://MIRROR "
                    + $"./infra up --base {release.Name}"));
    }

    private static async Task<string> MadeAsync(string cache, string kind, string hash, Func<string, Task> make, string what,
        Action<string> print, CancellationToken cancel)
    {
        var folder = Path.Combine(cache, "images", $"{kind}-{hash}");
        if (Directory.Exists(folder))
        {
            return Whole(folder);
        }

        using var held = await FolderLock.TakeAsync($"{folder}.lock",
            holder => print($"waiting for process {holder}, which builds {what} ..."), cancel);
        if (Directory.Exists(folder))
        {
            return Whole(folder);
        }

        print($"building {what} ...");
        try
        {
            RemoveAbandoned(folder);
            StateFile.Remove(folder);
            await make(folder);
            CacheManifest.Write(folder, RootFolder);
            return folder;
        }
        finally
        {
            RemoveAbandoned(folder);
        }
    }

    /// <summary>
    /// An existing folder, if it is complete. A damaged one is not created again automatically: servers may use it.
    /// </summary>
    private static string Whole(string folder)
    {
        // A folder without a list is complete: it was renamed into place, but its process was killed before it wrote the list.
        var damage = File.Exists(Path.Combine(folder, CacheManifest.FileName)) ? CacheManifest.Damage(folder, RootFolder) : null;
        var root = Path.Combine(folder, RootFolder);
        damage ??= Directory.Exists(root) && !File.Exists(Path.Combine(root, "usr/lib/systemd/systemd"))
            ? "its root has no operating system" : null;
        return damage is null ? folder : throw new ConfigurationException(new UserError(
            folder, null, $"is damaged: {damage}", $"./infra down, then rm -r {folder}, then run it again"));
    }

    /// <summary>Deletes incomplete folders of killed processes.</summary>
    internal static void RemoveAbandoned(string folder)
    {
        var (parent, name) = (Path.GetDirectoryName(folder)!, Path.GetFileName(folder));
        foreach (var unfinished in Directory.EnumerateFileSystemEntries(parent, $"{name}.*.new").Where(path => IsAbandoned(folder, path)))
        {
            try
            {
                StateFile.Remove(unfinished);
            }
            catch (IOException)
            {
                // A process that was just killed may still write: the next run deletes it.
            }
        }
    }

    // OUT.PID.new: its process may outlive the command, and another process may have its id.
    private static bool IsAbandoned(string folder, string unfinished) =>
        !int.TryParse(unfinished[(folder.Length + 1)..^".new".Length], NumberStyles.None, CultureInfo.InvariantCulture, out var maker)
        || !HostProcesses.AnybodysWithWords(words => words.Contains(folder, StringComparer.Ordinal)).Any(found => found.Pid == maker);

    private static IEnumerable<string> BaseFiles() =>
        Directory.EnumerateFiles(Path.Combine(LabFacts.ImageFolder, "rootfs"), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Sources, file)).Order(StringComparer.Ordinal);

    /// <summary>Hash of the inputs: words, and files next to this program.</summary>
    private static string Hash(IEnumerable<string> words, params IEnumerable<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var word in words)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{word}\n"));
        }

        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file}\n"));
            hash.AppendData(File.ReadAllBytes(Path.Combine(Sources, file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
