namespace Infra.Lab.Files;

/// <summary>
/// A file that is replaced as a whole: readers, and whoever comes after a process that was killed, find the old one or the new one.
/// </summary>
internal static class AtomicFile
{
    /// <summary>For its owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For everybody to read, whatever the umask of whoever runs this.</summary>
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes beside it and renames.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Who may read it.</param>
    /// <param name="flush">Waits for the disk, so that it outlives a power cut.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool flush = false)
    {
        // Of this process: two that write at once do not meet.
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
