using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Infra.Lab.Files;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Lab.State;

/// <summary>A state file is not what this program wrote: truncated on a full disk, or changed.</summary>
internal sealed class StateFileException(string path, string problem, Exception? cause = null) : IOException($"{path}: {problem}", cause)
{
    public string Path => path;

    public string Problem => problem;

    /// <summary>Whether a newer program wrote it: nothing is damaged.</summary>
    public bool IsNewer { get; init; }
}

/// <summary>
/// A file with the state of a lab between commands: replaced atomically, only for its owner, and sealed with the SHA-256 of its content in
/// the last line. So readers can trust its content.
/// </summary>
internal static class StateFile
{
    private const int HexDigits = 64;
    private const int MostText = 1 << 20;

    /// <summary>The content; null if there is no file.</summary>
    /// <exception cref="StateFileException">It is not a valid state file.</exception>
    public static byte[]? Read(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null || Directory.Exists(path))
        {
            throw new StateFileException(path, file.LinkTarget is not null ? "it is a link" : "it is a folder");
        }

        byte[] bytes;
        try
        {
            // A pipe or a device has no length, and would block.
            bytes = file.Exists && file.Length == 0 ? [] : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        // A line break, the seal, a line break.
        var length = bytes.Length - HexDigits - 2;
        return length >= 0 && bytes.AsSpan(length).SequenceEqual(Seal(bytes.AsSpan(0, length)))
            ? bytes[..length]
            : throw new StateFileException(path, bytes.Length == 0 ? "it is empty" : "it was truncated or changed");
    }

    /// <summary>Text of a file that people may edit, without a seal; null if there is no file.</summary>
    /// <exception cref="StateFileException">It is not a file, or too large.</exception>
    public static string? ReadText(string path)
    {
        switch (FileKind.IsRegular(path))
        {
            case null:
                return null;
            case false:
                throw new StateFileException(path, "it is not a regular file");
            default:
                break;
        }

        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MostText)
            {
                throw new StateFileException(path, "it is larger than 1 MiB");
            }

            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The same, deserialized.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return Read(path) is { } bytes
                ? JsonSerializer.Deserialize(bytes, shape) ?? throw new StateFileException(path, "it is null") : null;
        }
        catch (JsonException exception)
        {
            throw new StateFileException(path, JsonReason.Of(exception), exception);
        }
    }

    /// <summary>
    /// Replaces it atomically. Deletes anything in its place that is not a file.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        RemoveUnlessFile(path);
        AtomicFile.Write(path, [.. content, .. Seal(content)], AtomicFile.Private, flush: true);
    }

    /// <summary>The same for a value.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> shape) =>
        Write(path, JsonSerializer.SerializeToUtf8Bytes(value, shape));

    /// <summary>Deletes anything at the path; of a link, only the link.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes room for a file.</summary>
    public static void RemoveUnlessFile(string path)
    {
        if (Directory.Exists(path))
        {
            Remove(path);
        }
    }

    private static byte[] Seal(ReadOnlySpan<byte> content) =>
        Encoding.ASCII.GetBytes($"\n{Convert.ToHexStringLower(SHA256.HashData(content))}\n");
}
