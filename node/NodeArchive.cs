using System.Formats.Tar;
using System.Text;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace Infra.Node;

/// <summary>The node files as one compressed archive: uncompressed they exceed the limit of user data.</summary>
internal static class NodeArchive
{
    // Any fixed date works; tar warns about the epoch.
    private static readonly DateTimeOffset Timestamp = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A tar, compressed with bzip2, with the files at their paths, owned by root, without comment lines, which are a fifth of it.
    /// </summary>
    internal static byte[] Pack(IEnumerable<NodeFile> files)
    {
        using var packed = new MemoryStream();
        using (var bzip2 = BZip2Stream.Create(packed, CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true))
        using (var tar = new TarWriter(bzip2, TarEntryFormat.Ustar))
        {
            foreach (var file in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, file.Path.TrimStart('/'))
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(WithoutComments(file.Content))),
                    Mode = (UnixFileMode)Convert.ToInt32(file.Mode, 8),
                    ModificationTime = Timestamp,
                });
            }
        }

        return packed.ToArray();
    }

    /// <summary>
    /// A file as on the node. Keeps the first line, which may be the shebang. <c>LintTests</c> checks that no script has such a line inside
    /// a string.
    /// </summary>
    internal static string WithoutComments(string content) => string.Join('\n', content.Split('\n')
        .Where((line, index) => index == 0 || !line.TrimStart().StartsWith('#') && !line.StartsWith("//", StringComparison.Ordinal)));
}
