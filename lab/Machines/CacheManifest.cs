using System.Globalization;
using System.Text;
using Infra.Lab.State;

namespace Infra.Lab.Machines;

/// <summary>
/// What is in a folder of the cache: names and sizes, written when it was made. A full disk, a machine that lost power or somebody who
/// frees space leave folders that are there and not whole. Contents are not hashed: whoever downloads them checks them.
/// </summary>
internal static class CacheManifest
{
    public const string FileName = ".manifest";

    /// <summary>Takes note of what is in a folder.</summary>
    /// <param name="folder">The folder, whole.</param>
    /// <param name="without">A folder in it of which no note is taken.</param>
    public static void Write(string folder, string? without = null) =>
        StateFile.Write(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(Lines(folder, without)));

    /// <summary>What is wrong with a folder; null where it is whole.</summary>
    public static string? Damage(string folder, string? without = null)
    {
        if (!Directory.Exists(folder))
        {
            return "it is not there";
        }

        try
        {
            return StateFile.Read(Path.Combine(folder, FileName)) is not { } known ? "it has no list of its files"
                : Encoding.UTF8.GetString(known) == Lines(folder, without) ? null
                : "its files are not those that were made";
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
