using Infra.Lab.Host;
using Infra.Lab.Mirrors;
using Infra.Lab.Provider.Resources;
using Infra.Lab.State;
using Infra.Planning.Errors;

namespace Infra.Lab.Stacks;

/// <summary>
/// Files in which labs keep state between commands. Most are sealed (<see cref="StateFile"/>); a truncated file of the others may make any
/// code fail in any way. So all files are checked after a failure.
/// </summary>
internal static class StateFiles
{
    /// <summary>How to read each file, by its path in the folder of a lab.</summary>
    private static readonly (string Folder, string Pattern, Action<string> Read)[] s_kinds =
    [
        ("cloud", CloudState.FileName, static file => _ = CloudState.Peek(Path.GetDirectoryName(file)!)),
        ("cloud", CloudState.OldFileName, static file => _ = CloudState.IsThere(Path.GetDirectoryName(file)!)),
        ("", "endpoints.json", static file => _ = StateFile.Read(file, EndpointAccessJson.Default.IReadOnlyListEndpointAccess)),
        ("", "addresses.json", static file => _ = StateFile.Read(file, MachineJson.Default.DictionaryStringString)),
        ("", "neighbour.json", static file => _ = StateFile.Read(file, MachineJson.Default.NetworkNeighbour)),
        ("", "mirrors.json", static file => _ = MirrorControl.Load(file)),
        ("volumes", "*.json", static file => _ = StateFile.Read(file, MachineJson.Default.VolumeSpec)),
    ];

    /// <summary>The first unreadable file, with the command that fixes it.</summary>
    /// <param name="labs">Labs of the project.</param>
    public static UserError? FindBroken(IEnumerable<LabFolder> labs)
    {
        foreach (var folder in labs)
        {
            foreach (var kind in s_kinds)
            {
                if (Broken(Path.Combine(folder.Path, kind.Folder), kind.Pattern, kind.Read) is var (file, why))
                {
                    return Broken(file, why);
                }
            }
        }

        return null;
    }

    /// <summary>A damaged state file; <c>down</c> reads none of them.</summary>
    public static UserError Broken(string file, string why) => LabFolder.Owning(file) is { } lab
        ? new(file, null, $"is damaged: {why}; the lab cannot continue from it", $"{lab.DownCommand}, then {lab.UpCommand}")
        : new(file, null, $"is damaged: {why}", $"rm -r {file}, then run it again");

    /// <summary>A state file of a newer program.</summary>
    public static UserError Newer(string file, string why) => new(file, null, $"cannot be read: {why}",
        $"git pull{(LabFolder.Owning(file) is { } lab ? $", or {lab.DownCommand}, then {lab.UpCommand}" : "")}");

    private static (string File, string Why)? Broken(string folder, string pattern, Action<string> read)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var file in Directory.EnumerateFileSystemEntries(folder, pattern).Order(StringComparer.Ordinal))
        {
            try
            {
                read(file);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted meanwhile.
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return (file, exception is StateFileException state ? state.Problem
                    : Directory.Exists(file) ? "it is a folder"
                    : new FileInfo(file).Length == 0 ? "it is empty"
                    : exception.Message);
            }
        }

        return null;
    }
}
