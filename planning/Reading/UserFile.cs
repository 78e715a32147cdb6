namespace Infra.Planning.Reading;

/// <summary>Reads a file that the user names or writes: it may be a pipe, a device or anything else.</summary>
public static class UserFile
{
    /// <summary>More than any config or catalog has, in bytes.</summary>
    public const int MostBytes = 16 << 20;

    /// <summary>
    /// As many bytes as the file system reports. A pipe and a device have none, and are never opened: the first could block, and the second
    /// has no end.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// It is a pipe or a device, longer than <see cref="MostBytes"/>, or became shorter meanwhile.
    /// </exception>
    /// <exception cref="IOException">There is no such file, or it is not readable.</exception>
    public static byte[] Read(string path)
    {
        var named = new FileInfo(path);
        var length = (named.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? named).Length;
        if (length > MostBytes)
        {
            throw new InvalidDataException($"it has {length} bytes; {MostBytes} is the limit");
        }

        if (length == 0)
        {
            return FileKind.IsRegular(path, follow: true) == false
                ? throw new InvalidDataException("it is a pipe or a device, and no regular file")
                : [];
        }

        using var stream = File.OpenRead(path);
        var content = new byte[length];
        return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            ? content
            : throw new InvalidDataException("it became shorter while it was read");
    }
}
