using System.Formats.Tar;
using System.Text;
using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace Infra.Node;

/// <summary>The node files as one compressed archive: as plain text they are larger than user data may be.</summary>
internal static class NodeArchive
{
    // Any fixed day will do; tar complains of one at the epoch.
    private static readonly DateTimeOffset Timestamp = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A tar, compressed by bzip2, with the files at their paths, owned by root, without the lines that are comments alone: they are a
    /// fifth of it.
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
    /// A file as a node has it. The first line stays, which may name the interpreter. <c>LintTests</c> holds that no script has such a line
    /// in a text.
    /// </summary>
    internal static string WithoutComments(string content) => string.Join('\n', content.Split('\n')
        .Where((line, index) => index == 0 || !line.TrimStart().StartsWith('#') && !line.StartsWith("//", StringComparison.Ordinal)));
}
