using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Infra.Components.Node;

/// <summary>The node files as one compressed archive: as plain text they are larger than user data may be.</summary>
internal static class NodeArchive
{
    // Any fixed day will do; tar complains of one at the epoch.
    private static readonly DateTimeOffset Timestamp = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A gzip-compressed tar with the files at their paths, owned by root.</summary>
    internal static byte[] Pack(IEnumerable<NodeFile> files)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
        {
            foreach (var file in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, file.Path.TrimStart('/'))
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(file.Content)),
                    Mode = (UnixFileMode)Convert.ToInt32(file.Mode, 8),
                    ModificationTime = Timestamp,
                });
            }
        }

        return packed.ToArray();
    }
}
