using System.Collections.Concurrent;
using System.Text.Json;
using Infra.Lab.Files;

namespace Infra.Lab.Mirrors;

/// <summary>Descriptions that content builders leave beside the content, read once and again when they change.</summary>
internal sealed class StoredJson<T>
    where T : class
{
    private readonly ConcurrentDictionary<string, (DateTime Written, T Value)> _read = new(StringComparer.Ordinal);

    /// <summary>What the file says; null where there is none.</summary>
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

/// <summary>How such descriptions are written.</summary>
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
        return JsonSerializer.Deserialize<T>(file, Format) ?? throw new InvalidDataException($"{path} holds nothing.");
    }

    /// <summary>Writes in one step: a server that runs sees the old or the new one.</summary>
    public static void Write<T>(string path, T value)
        where T : class
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(value, Format), .. "\n"u8], AtomicFile.Public);
    }
}
