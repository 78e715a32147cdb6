using System.Text.Json;
using System.Text.Json.Serialization;

namespace Infra.Lab.Mirrors;

/// <summary>A request and its result.</summary>
/// <param name="At">Start time, UTC.</param>
/// <param name="Mirror">The mirror; null for an unknown host.</param>
/// <param name="Host">Host header without port, or the name in a TLS greeting.</param>
/// <param name="Method">Method; <c>TLS</c> for a connection that was reset before its request.</param>
/// <param name="Path">Path with query.</param>
/// <param name="Range">Range header; null: none.</param>
/// <param name="Status">Status of the response; 0: none.</param>
/// <param name="Bytes">Bytes of the body that were written.</param>
/// <param name="Ms">Milliseconds until the end of the response.</param>
/// <param name="Client">Address of the client.</param>
/// <param name="Outcome">The result.</param>
internal sealed record RequestLine(
    DateTimeOffset At, MirrorKind? Mirror, string Host, string Method, string Path, string? Range, int Status, long Bytes, long Ms,
    string Client,
    RequestOutcome Outcome);

/// <summary>Result of a response.</summary>
internal enum RequestOutcome
{
    /// <summary>Complete.</summary>
    Sent,

    /// <summary>The mirror reset the connection on purpose.</summary>
    Reset,

    /// <summary>The client disconnected.</summary>
    Lost,

    /// <summary>The server has a bug; standard error has the exception.</summary>
    Failed,
}

/// <summary>The log file of requests: one JSON line each, written at the end of the response.</summary>
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

    /// <summary>All requests in a file, in order of completion, without an incomplete line.</summary>
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
