using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Mirrors.Content;

/// <summary>Pure Python wheels, reproducible.</summary>
internal static class Wheel
{
    // The earliest timestamp of a zip.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a wheel and returns its path.</summary>
    /// <param name="folder">Target folder.</param>
    /// <param name="name">Name of the project.</param>
    /// <param name="version">Its version.</param>
    /// <param name="files">Content by path in <c>site-packages</c>.</param>
    /// <param name="entryPoints">Commands: <c>vllm</c> to <c>vllm.entrypoints.cli.main:main</c>.</param>
    /// <param name="requires">Requirements: <c>torch==2.13.0</c>.</param>
    /// <param name="summary">One line for METADATA.</param>
    public static string Write(
        string folder, string name, string version, IReadOnlyDictionary<string, byte[]> files,
        IReadOnlyDictionary<string, string> entryPoints,
        IReadOnlyList<string> requires, string summary)
    {
        var stem = $"{PythonIndex.Normalize(name).Replace('-', '_')}-{version}";
        var info = $"{stem}.dist-info";
        var all = new SortedDictionary<string, byte[]>(files.ToDictionary(), StringComparer.Ordinal)
        {
            [$"{info}/METADATA"] = Lines([
                "Metadata-Version: 2.1", $"Name: {name}", $"Version: {version}", $"Summary: {summary}", "Requires-Python: >=3.9",
                .. requires.Select(requirement => $"Requires-Dist: {requirement}")]),
            [$"{info}/WHEEL"] = Lines(["Wheel-Version: 1.0", "Generator: infra-lab", "Root-Is-Purelib: true", "Tag: py3-none-any"]),
        };
        if (entryPoints.Count > 0)
        {
            all[$"{info}/entry_points.txt"] = Lines([
                "[console_scripts]",
                .. entryPoints.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} = {entry.Value}")]);
        }

        var path = Path.Combine(folder, $"{stem}-py3-none-any.whl");
        Pack(path, all, $"{info}/RECORD");
        return path;
    }

    /// <summary>A wheel under another version, with a note in its METADATA.</summary>
    /// <param name="folder">Target folder.</param>
    /// <param name="wheel">The wheel.</param>
    /// <param name="version">The new version.</param>
    public static string Rename(string folder, string wheel, string version)
    {
        var parts = Path.GetFileName(wheel).Split('-');
        var (name, old) = (parts[0], parts[1]);
        var (from, to) = ($"{name}-{old}.dist-info/", $"{name}-{version}.dist-info/");
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using (var zip = ZipFile.OpenRead(wheel))
        {
            foreach (var entry in zip.Entries.Where(entry => !entry.FullName.EndsWith('/') && entry.FullName != $"{from}RECORD"))
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                {
                    stream.CopyTo(content);
                }

                var path = entry.FullName.StartsWith(from, StringComparison.Ordinal) ? to + entry.FullName[from.Length..] : entry.FullName;
                files[path] = content.ToArray();
            }
        }

        var metadata = Encoding.UTF8.GetString(files[$"{to}METADATA"]);
        files[$"{to}METADATA"] = Encoding.UTF8.GetBytes(metadata
            .Replace($"\nVersion: {old}\n", $"\nVersion: {version}\n", StringComparison.Ordinal)
            .Replace("\nSummary: ", $"\nSummary: (fake of the lab: this is {old}) ", StringComparison.Ordinal));
        var target = Path.Combine(folder, string.Join('-', [name, version, .. parts.Skip(2)]));
        Pack(target, files, $"{to}RECORD");
        return target;
    }

    private static void Pack(string path, IReadOnlyDictionary<string, byte[]> files, string record)
    {
        var rows = files.Select(file =>
            $"{Csv(file.Key)},sha256={Base64Url.EncodeToString(SHA256.HashData(file.Value))},{file.Value.Length}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        // RECORD is last, as the format recommends.
        foreach (var (name, content) in files.Append(KeyValuePair.Create(record, Lines([.. rows, $"{Csv(record)},,"]))))
        {
            var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
            entry.LastWriteTime = Time;
            // A file that is readable for all; .NET would use the process's umask.
            entry.ExternalAttributes = unchecked((int)0x81A40000);
            using var stream = entry.Open();
            stream.Write(content);
        }
    }

    private static string Csv(string path) =>
        path.AsSpan().ContainsAny(',', '"') ? $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : path;

    private static byte[] Lines(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")));
}
