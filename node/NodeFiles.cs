using System.Security.Cryptography;
using System.Text;

namespace Infra.Node;

/// <summary>A static file of a node.</summary>
/// <param name="Path">Absolute path on the node.</param>
/// <param name="Mode">Four octal digits: <c>0644</c>.</param>
/// <param name="Content">The bytes of the file under <c>node/rootfs</c>.</param>
public sealed record NodeFile(string Path, string Mode, string Content);

/// <summary>The files under <c>node/rootfs</c>, each at its path on a node.</summary>
public static class NodeFiles
{
    private const string Prefix = "rootfs/";
    private static readonly Lazy<IReadOnlyList<NodeFile>> Loaded = new(Load);
    private static readonly Lazy<string> Hash = new(() => RevisionOf(All));

    /// <summary>All files, sorted by path.</summary>
    public static IReadOnlyList<NodeFile> All => Loaded.Value;

    /// <summary>Twelve hex digits over paths, modes and contents: other files replace the node.</summary>
    public static string Revision => Hash.Value;

    private static List<NodeFile> Load()
    {
        var assembly = typeof(NodeFiles).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, new UTF8Encoding(false, true));
                var path = name[(Prefix.Length - 1)..].Replace('\\', '/');
                return new NodeFile(path, Mode(path), reader.ReadToEnd());
            })
            .OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    // Embedded resources have no mode, and neither has a checkout on Windows. Executables are in libexec.
    private static string Mode(string path) => path switch
    {
        _ when path.StartsWith("/usr/local/libexec/", StringComparison.Ordinal) => "0755",
        _ when path.StartsWith("/etc/sudoers.d/", StringComparison.Ordinal) => "0440",
        _ => "0644",
    };

    /// <summary>The revision of a node with these files.</summary>
    internal static string RevisionOf(IEnumerable<NodeFile> files)
    {
        var text = string.Concat(files.Select(file => $"{file.Path}\0{file.Mode}\0{file.Content}\0"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
