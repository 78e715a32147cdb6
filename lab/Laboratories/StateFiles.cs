using System.Text.Json;
using Infra.Components;
using Infra.Lab.Balancer;
using Infra.Lab.Cloud;
using Infra.Lab.Machines;
using Infra.Lab.Mirrors;

namespace Infra.Lab.Laboratories;

/// <summary>
/// Files in which laboratories keep their state between commands. One that was cut, as by a full disk or a machine that lost power, makes
/// code anywhere fail in any way: it is looked for once something has failed.
/// </summary>
internal static class StateFiles
{
    /// <summary>How each is read, by its place in the folder of a laboratory.</summary>
    private static readonly (string Folder, string Pattern, Action<string> Read)[] s_kinds =
    [
        ("cloud", "cloud.json", static file => _ = CloudState.Peek(Path.GetDirectoryName(file)!)),
        ("", "endpoints.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), EndpointAccessJson.Default.IReadOnlyListEndpointAccess))),
        ("", "addresses.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), MachineJson.Default.DictionaryStringString))),
        ("", "neighbour.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), MachineJson.Default.FabricNeighbour))),
        ("", "mirrors.json", static file => _ = MirrorControl.Load(file)),
        ("volumes", "*.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), MachineJson.Default.VolumeSpec))),
        ("balancers", "*.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), BalancerJson.Default.BalancerSpec))),
    ];

    /// <summary>The first that cannot be read, of these laboratories or of the cache, with the command that helps.</summary>
    /// <param name="cache">Folder of the cache.</param>
    /// <param name="laboratories">Laboratories by the name of their stack.</param>
    public static ConfigurationMistake? FindBroken(string cache, IEnumerable<(string Stack, LabFolder Folder)> laboratories)
    {
        foreach (var (stack, folder) in laboratories)
        {
            foreach (var kind in s_kinds)
            {
                if (Broken(Path.Combine(folder.Path, kind.Folder), kind.Pattern, kind.Read) is var (file, why))
                {
                    return new(file, null, $"is not what was written: {why}; the laboratory cannot go on from it", $"./infra down {stack}, then ./infra up {stack}");
                }
            }
        }

        // What mirrors hold is made once, in a folder for each content: only its list is read by this program.
        foreach (var content in Folders(cache).SelectMany(Folders))
        {
            if (Broken(content, "digests.json", static file => Need(JsonSerializer.Deserialize(File.ReadAllBytes(file), MachineJson.Default.DictionaryStringString))) is var (file, why))
            {
                return new(file, null, $"is not what was written: {why}", $"rm -r {content}, then run it again");
            }
        }

        return null;
    }

    private static (string File, string Why)? Broken(string folder, string pattern, Action<string> read)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var file in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
        {
            try
            {
                read(file);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Somebody took it away meanwhile.
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return (file, new FileInfo(file).Length == 0 ? "it is empty" : exception.Message);
            }
        }

        return null;
    }

    private static IEnumerable<string> Folders(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];

    private static void Need(object? value) => _ = value ?? throw new JsonException("it holds nothing");
}
