using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Infra.Planning.Catalog;

namespace Infra.Lab.Mirrors.Content;

/// <summary>The Python index: the fake engine as <c>vllm</c>, empty fakes of its pinned dependencies, and pip.</summary>
internal static class PythonContent
{
    /// <summary>The pip version that nodes install because it can resolve by date (also in engine-venv).</summary>
    public const string PipVersion = "26.1.1";

    // Older than any resolution date in the catalog.
    private static readonly DateTimeOffset PipDay = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Commands = new() { ["vllm"] = "vllm.entrypoints.cli.main:main" };

    /// <summary>Writes the complete <c>python/</c> folder.</summary>
    /// <param name="folder">Content folder, <see cref="MirrorOptions.Folder"/>.</param>
    /// <param name="engineFolder">
    /// Folder of the package <c>vllm/</c> with its data. <c>vllm/_version.py</c> is generated for each release.
    /// </param>
    /// <param name="releases">Releases of the engine whose requirements the index needs.</param>
    /// <param name="pipWheel">A wheel of pip, offered as <see cref="PipVersion"/>; null: no pip in the index.</param>
    /// <param name="paddingBytes">Bytes of noise in the engine's wheel, in place of the real dependencies; 0: none.</param>
    public static PythonIndex Write(string folder, string engineFolder, IEnumerable<EngineRelease> releases, string? pipWheel,
        int paddingBytes = 0)
    {
        var python = Path.Combine(folder, "python");
        if (Directory.Exists(python))
        {
            Directory.Delete(python, recursive: true);
        }

        var files = Path.Combine(python, "files");
        Directory.CreateDirectory(files);
        var engine = Sources(engineFolder);
        if (paddingBytes > 0)
        {
            using var noise = new MemoryStream(paddingBytes);
            Noise.Write(noise, Noise.Seed("wheels"), paddingBytes);
            engine["vllm/padding.bin"] = noise.ToArray();
        }

        var known = new Dictionary<(string Project, string Version), PythonFile>();
        // Oldest release first: a shared dependency existed for the first of them.
        foreach (var release in releases.Where(release => release.Package is not null).OrderBy(release => Version.Parse(release.Version)))
        {
            var day = Uploaded(release);
            foreach (var requirement in release.Package!.Requirements)
            {
                var (name, version) = Pin(requirement);
                if (!known.ContainsKey((PythonIndex.Normalize(name), version)))
                {
                    var path = name == "vllm" ? WriteEngine(files, version, engine) : WriteEmpty(files, name, version);
                    known[(PythonIndex.Normalize(name), version)] = Row(path, version, day);
                }
            }
        }

        if (pipWheel is not null)
        {
            known[("pip", PipVersion)] = Row(Wheel.Rename(files, pipWheel, PipVersion), PipVersion, PipDay);
        }

        var index = new PythonIndex(known.GroupBy(file => file.Key.Project)
            .OrderBy(project => project.Key, StringComparer.Ordinal)
            .ToDictionary(project => project.Key, project => (IReadOnlyList<PythonFile>)[.. project.Select(file => file.Value)]));
        StoredJson.Write(Path.Combine(python, PythonIndex.FileName), index);
        return index;
    }

    // Packages with their data, without documentation and Python's compiled files.
    private static Dictionary<string, byte[]> Sources(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
        .Where(file => file.Name.Contains('/') && !file.Name.Split('/').Any(part => part == "__pycache__" || part.StartsWith('.')))
        .ToDictionary(file => file.Name, file => File.ReadAllBytes(file.Path));

    // The engine reports its version like vLLM: a build writes vllm/_version.py.
    private static string WriteEngine(string folder, string version, Dictionary<string, byte[]> sources) => Wheel.Write(
        folder, "vllm", version,
        new Dictionary<string, byte[]>(sources)
        {
            ["vllm/_version.py"] =
            Encoding.UTF8.GetBytes($"__version__ = version = \"{version}\"\n")
        },
        Commands, [], "Fake engine of the lab: vLLM's API without a model.");

    private static string WriteEmpty(string folder, string name, string version)
    {
        var module = PythonIndex.Normalize(name).Replace('-', '_');
        var source = Encoding.UTF8.GetBytes($"\"\"\"Fake of the lab: only a version.\"\"\"\n__version__ = \"{version}\"\n");
        return Wheel.Write(
            folder, name, version, new Dictionary<string, byte[]> { [$"{module}/__init__.py"] = source }, new Dictionary<string, string>(),
            [],
            "Fake of the lab: an empty module.");
    }

    private static (string Name, string Version) Pin(string requirement) => requirement.Split("==") is [var name, var version]
        ? (name.Split('[')[0].Trim(), version.Trim())
        : throw new ArgumentException($"'{requirement}' is not an exact requirement.", nameof(requirement));

    // For a release without a known day, the first of its month; always before its own resolution date.
    private static DateTimeOffset Uploaded(EngineRelease release)
    {
        var day = Day(release.ReleaseDate);
        var last = Day(release.Package!.ResolvedBefore).AddDays(-1);
        return day < last ? day : last;
    }

    private static DateTimeOffset Day(string date) => DateTimeOffset.ParseExact(
        date.Length == 7 ? $"{date}-01" : date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static PythonFile Row(string path, string version, DateTimeOffset uploaded)
    {
        using var file = File.OpenRead(path);
        return new(Path.GetFileName(path), version, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)), uploaded, ">=3.9");
    }
}
