using System.Collections.Concurrent;
using System.Text.Json;
using Infra.Lab.Files;

namespace Infra.Lab.Mirrors;

/// <summary>JSON descriptions of content, cached until they change.</summary>
internal sealed class StoredJson<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, (DateTime Written, T Value)> _read = new(StringComparer.Ordinal);

    /// <summary>The content of the file; null if it does not exist.</summary>
    public T? Find(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        if (_read.TryGetValue(path, out var known) && known.Written == written)
        {
            return known.Value;
        }

        if (!File.Exists(path))
        {
            return null;
        }

        var value = StoredJson.Read<T>(path);
        _read[path] = (written, value);
        return value;
    }
}

/// <summary>Format of the descriptions.</summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static T Read<T>(string path)
        where T : class
    {
        using var file = File.OpenRead(path);
        return JsonSerializer.Deserialize<T>(file, Format) ?? throw new InvalidDataException($"{path} is null.");
    }

    /// <summary>Writes atomically: a running server reads the old or the new content.</summary>
    public static void Write<T>(string path, T value)
        where T : class
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(value, Format), .. "\n"u8], AtomicFile.Public);
    }
}
