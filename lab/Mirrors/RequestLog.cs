using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Mirrors;

/// <summary>One request and what became of it.</summary>
/// <param name="At">When it came, UTC.</param>
/// <param name="Mirror">Mirror that answered; null where the host is unknown.</param>
/// <param name="Host">Host header without port, or the name of a TLS greeting.</param>
/// <param name="Method">Method; <c>TLS</c> for a connection that was reset before its request.</param>
/// <param name="Path">Path with query.</param>
/// <param name="Range">Range header; null where there was none.</param>
/// <param name="Status">Status of the answer; 0 where none began.</param>
/// <param name="Bytes">Bytes of the body that were written.</param>
/// <param name="Ms">Milliseconds until the answer ended.</param>
/// <param name="Client">Address of the client.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record RequestLine(
    DateTimeOffset At, MirrorKind? Mirror, string Host, string Method, string Path, string? Range, int Status, long Bytes, long Ms, string Client,
    RequestOutcome Outcome);

/// <summary>How an answer ended.</summary>
internal enum RequestOutcome
{
    /// <summary>It was sent whole.</summary>
    Sent,

    /// <summary>The mirror reset the connection, on purpose.</summary>
    Reset,

    /// <summary>The client went away.</summary>
    Lost,

    /// <summary>The server has a bug; standard error tells it.</summary>
    Failed,
}

/// <summary>The file of requests: a line of JSON each, written as each answer ends.</summary>
internal sealed class RequestLog : IDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly FileStream _file;
    private readonly Lock _lock = new();

    public RequestLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>All requests of a file, in the order in which their answers ended. A line that is still being written is left out.</summary>
    public static IReadOnlyList<RequestLine> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<RequestLine>(line, Format)!)];
    }

    public void Write(RequestLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, Format), (byte)'\n'];
        lock (_lock)
        {
            _file.Write(bytes);
        }
    }

    public void Dispose() => _file.Dispose();
}
