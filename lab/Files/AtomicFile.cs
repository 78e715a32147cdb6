namespace Infra.Lab.Files;

/// <summary>
/// A file that is replaced atomically: readers, also after a killed process, find the old or the new content.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Readable only for the owner.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Readable for all, whatever the umask.</summary>
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a temporary file and renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="flush">Whether to wait for the disk, so that the content survives a power cut.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush = false)
    {
        // Unique per process, for concurrent writers.
        var next = $"{path}.{Environment.ProcessId}.new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(next, options))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.SafeFileHandle, mode);
            }

            file.Write(content);
            file.Flush(flush);
        }

        File.Move(next, path, overwrite: true);
    }
}
