using System.Globalization;
using System.Text;
using Infra.Lab.State;

namespace Infra.Lab.Host;

/// <summary>
/// The files in a cache folder: names and sizes, written after its creation. Detects incomplete folders after a full disk, a power cut or a
/// manual deletion. Contents are not hashed: their consumers check them.
/// </summary>
internal static class CacheManifest
{
    public const string FileName = ".manifest";

    /// <summary>Records the files of a folder.</summary>
    /// <param name="folder">The complete folder.</param>
    /// <param name="without">A folder in it to ignore.</param>
    public static void Write(string folder, string? without = null) =>
        StateFile.Write(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(Lines(folder, without)));

    /// <summary>What is wrong with a folder; null if it is complete.</summary>
    public static string? Damage(string folder, string? without = null)
    {
        if (!Directory.Exists(folder))
        {
            return "it is missing";
        }

        try
        {
            return StateFile.Read(Path.Combine(folder, FileName)) is not { } known ? "it has no list of its files"
                : Encoding.UTF8.GetString(known) == Lines(folder, without) ? null
                : "its files differ from its list";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private static string Lines(string folder, string? without)
    {
        var lines = new List<string>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles(
            "*", new EnumerationOptions { AttributesToSkip = default, IgnoreInaccessible = false }))
        {
            Add(file);
        }

        foreach (var child in Directory.EnumerateDirectories(folder).Where(child => Path.GetFileName(child) != without))
        {
            foreach (var file in new DirectoryInfo(child).EnumerateFiles(
                "*", new EnumerationOptions { AttributesToSkip = default, RecurseSubdirectories = true, IgnoreInaccessible = false }))
            {
                Add(file);
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Concat(lines);

        void Add(FileInfo file)
        {
            if (file.Name != FileName)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{Path.GetRelativePath(folder, file.FullName)} {(file.LinkTarget is { } target ? $"-> {target}" : file.Length)}\n"));
            }
        }
    }
}
