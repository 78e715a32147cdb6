using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Infra.Lab.Files;
using Infra.Lab.Linux;

namespace Infra.Lab.State;

/// <summary>A state file is not what this program wrote: a full disk cut it, or somebody changed it.</summary>
internal sealed class StateFileException(string path, string problem, Exception? cause = null) : IOException($"{path}: {problem}", cause)
{
    public string Path => path;

    public string Problem => problem;
}

/// <summary>
/// A file in which a laboratory keeps state between commands: one whole file at any moment, for its owner alone, and sealed by the SHA-256
/// of what is in it as its last line. So no reader has to doubt what it reads, whatever happened to the file.
/// </summary>
internal static class StateFile
{
    private const int HexDigits = 64;
    private const int MostText = 1 << 20;

    /// <summary>What was written; null where there is no such file.</summary>
    /// <exception cref="StateFileException">Something else is there.</exception>
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
            // A pipe or a device has no length, and would keep us waiting.
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
            : throw new StateFileException(path, bytes.Length == 0 ? "it is empty" : "it was cut or changed");
    }

    /// <summary>Text of a file that people may write as well, with no seal; null where there is no such file.</summary>
    /// <exception cref="StateFileException">Something else is there, or more than anybody writes.</exception>
    public static string? ReadText(string path)
    {
        switch (FileKind.IsRegular(path))
        {
            case null:
                return null;
            case false:
                throw new StateFileException(path, "it is no regular file");
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

    /// <summary>The same as a value.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return Read(path) is { } bytes
                ? JsonSerializer.Deserialize(bytes, shape) ?? throw new StateFileException(path, "it holds nothing") : null;
        }
        catch (JsonException exception)
        {
            throw new StateFileException(path, exception.Message, exception);
        }
    }

    /// <summary>
    /// Replaces it as a whole. What is in the way and no file goes.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        RemoveUnlessFile(path);
        AtomicFile.Write(path, [.. content, .. Seal(content)], AtomicFile.Private, flush: true);
    }

    /// <summary>The same of a value.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> shape) =>
        Write(path, JsonSerializer.SerializeToUtf8Bytes(value, shape));

    /// <summary>Takes away what is there, whatever it is; of a link, the link alone.</summary>
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
