using System.Formats.Tar;
using System.Globalization;
using System.Text;

namespace Infra.Lab.Host;

/// <summary>The additions of a profile to a release's root: a folder that all servers of the profile share.</summary>
/// <param name="root">Root of the release.</param>
/// <param name="keys">Folder of the archives' keys.</param>
/// <param name="parts">The parts; later ones override earlier ones.</param>
internal sealed class ImageLayer(string root, string keys, IReadOnlyList<ImagePart> parts)
{
    /// <summary>System accounts of packages get numbers below this one, in descending order (adduser's LAST_SYSTEM_UID).</summary>
    private const int LastSystemId = 999;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static string PartsFolder => Path.Combine(LabFacts.ImageFolder, "parts");

    /// <summary>Files of a part by path.</summary>
    public static IEnumerable<(string Path, string File)> FilesOf(string part)
    {
        var folder = Path.Combine(PartsFolder, part);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => (Path.GetRelativePath(folder, file), file))
            : [];
    }

    /// <summary>The layer as a tar archive, relative to the root.</summary>
    public byte[] Pack()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            foreach (var (path, file) in FilesOf(part.Name))
            {
                files[path] = File.ReadAllBytes(file);
            }

            foreach (var (path, key) in part.Keyrings)
            {
                files[path] = File.ReadAllBytes(Path.Combine(keys, $"{key}.gpg"));
            }
        }

        AddAccounts(files);
        if (parts.Where(part => part.Dpkg is not null).Select(part => part.Dpkg).ToArray() is { Length: > 0 } states)
        {
            const string Status = "var/lib/dpkg/status";
            files[Status] = Encoding.UTF8.GetBytes(
                $"{File.ReadAllText(Path.Combine(root, Status)).TrimEnd('\n')}\n\n{string.Join('\n', states)}");
        }

        return Tar(files);
    }

    private byte[] Tar(SortedDictionary<string, byte[]> files)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                // A checkout may lose modes: files with a shebang are executable.
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
                {
                    DataStream = new MemoryStream(content),
                    Mode = path is "etc/shadow" or "etc/gshadow" ? UnixFileMode.UserRead | UnixFileMode.UserWrite
                        : content is [(byte)'#', (byte)'!', ..] ? Runnable
                        : Readable,
                });
            }

            foreach (var link in parts.SelectMany(part => part.Enables).Distinct(StringComparer.Ordinal))
            {
                var unit = Path.GetFileName(link);
                var folder = files.ContainsKey($"etc/systemd/system/{unit}") ? "/etc/systemd/system" : "/usr/lib/systemd/system";
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.SymbolicLink, $"etc/systemd/system/{link}") { LinkName = $"{folder}/{unit}" });
            }
        }

        return packed.ToArray();
    }

    private void AddAccounts(SortedDictionary<string, byte[]> files)
    {
        string[] accounts = [.. parts.SelectMany(part => part.Accounts).Distinct(StringComparer.Ordinal)];
        if (accounts.Length == 0)
        {
            return;
        }

        var (passwd, group) = (Read("etc/passwd"), Read("etc/group"));
        var (shadow, gshadow) = (Read("etc/shadow"), Read("etc/gshadow"));
        var taken = passwd.Concat(group).Select(line => int.Parse(line.Split(':')[2], CultureInfo.InvariantCulture)).ToHashSet();
        foreach (var account in accounts)
        {
            var id = Enumerable.Range(0, LastSystemId).Select(down => LastSystemId - down).First(free => taken.Add(free));
            passwd.Add(string.Create(CultureInfo.InvariantCulture, $"{account}:x:{id}:{id}::/home/{account}:/bin/false"));
            group.Add(string.Create(CultureInfo.InvariantCulture, $"{account}:x:{id}:"));
            shadow.Add($"{account}:!:20000::::::");
            gshadow.Add($"{account}:!::");
        }

        foreach (
            var (path, lines) in new[] { ("etc/passwd", passwd), ("etc/group", group), ("etc/shadow", shadow), ("etc/gshadow", gshadow) })
        {
            files[path] = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")));
        }

        List<string> Read(string path) => [.. File.ReadLines(Path.Combine(root, path)).Where(line => line.Length > 0)];
    }
}
