using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>A request and its response, with the bandwidth and faults of its mirror.</summary>
internal sealed class Exchange(HttpContext http, MirrorState mirror, MirrorSite site, MirrorLinks links)
{
    // A reset after a truncated response would discard bytes in flight.
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(20);

    private long _sent;

    public HttpRequest Request => http.Request;

    public IHeaderDictionary Headers => http.Response.Headers;

    public MirrorState Mirror => mirror;

    /// <summary>Decoded path.</summary>
    public string Path => http.Request.Path.Value ?? "/";

    public string Client =>
        http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";

    /// <summary>Bytes of the body that were written.</summary>
    public long Sent => _sent;

    /// <summary>Whether the mirror reset the connection.</summary>
    public bool WasReset { get; private set; }

    /// <summary>The token of <c>Authorization: Bearer</c>; null: none.</summary>
    public string? BearerToken => Request.Headers.Authorization.ToString() is var header
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header["Bearer ".Length..].Trim() is { Length: > 0 } token
            ? token
            : null;

    private CancellationToken Gone => http.RequestAborted;

    /// <summary>Scheme and host of another site, for this client.</summary>
    public string OriginOf(MirrorSite other) => links.Origin(Request, other);

    /// <summary>Drops the connection with a TCP reset.</summary>
    public void Reset()
    {
        WasReset = true;
        if (http.Features.Get<IConnectionLifetimeFeature>() is { } connection)
        {
            connection.Abort();
        }
        else
        {
            http.Abort();
        }
    }

    /// <summary>Waits as the mirror's faults require. False: the response is complete, or there will be none.</summary>
    public async Task<bool> BeginAsync()
    {
        await mirror.PassAsync(Gone);
        if (mirror.Faults.LatencyMs is > 0 and var latency)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(latency), mirror.Clock, Gone);
            await mirror.PassAsync(Gone);
        }

        if (WasReset)
        {
            return false;
        }

        if (mirror.TakeRefusal(site) is { } status)
        {
            await RefuseAsync(status);
            return false;
        }

        return true;
    }

    private Task RefuseAsync(int status)
    {
        foreach (var (name, value) in mirror.Faults.Refuse?.Headers ?? new Dictionary<string, string>())
        {
            Headers[name] = value;
        }

        return status == MirrorRefusal.Page
            ? TextAsync(status,
                "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>The mirror is configured to "
                    + "refuse.</body></html>\n",
                "text/html; charset=utf-8")
            : TextAsync(status, "The mirror is configured to refuse.\n");
    }

    /// <summary>Sends nothing until the client disconnects.</summary>
    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, mirror.Clock, Gone);

    public Task TextAsync(int status, string text, string type = "text/plain; charset=utf-8") =>
        BytesAsync(status, Encoding.UTF8.GetBytes(text), type);

    public Task JsonAsync(int status, object value, string type = "application/json; charset=utf-8") =>
        BytesAsync(status, JsonSerializer.SerializeToUtf8Bytes(value), type);

    public Task RedirectAsync(int status, string location)
    {
        Headers.Location = location;
        return TextAsync(status, $"Found. Redirecting to {location}", "text/plain; charset=utf-8");
    }

    /// <summary>A file: complete, partial (206), unsatisfiable (416), or not modified (304).</summary>
    public async Task ContentAsync(FileContent content)
    {
        Headers.AcceptRanges = "bytes";
        Headers.ETag = content.ETag;
        Headers.LastModified = content.Modified?.ToString("R", CultureInfo.InvariantCulture);
        if (HasAlready(content))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = RangeHolds(content) ? ByteRange.Of(Request.Headers.Range, content.Size) : null;
        if (range is { Length: 0 })
        {
            Headers.ContentRange = $"bytes */{content.Size}";
            await TextAsync(StatusCodes.Status416RangeNotSatisfiable, "The range is not in the file.\n");
            return;
        }

        if (range is { } part)
        {
            Headers.ContentRange = $"bytes {part.First}-{part.First + part.Length - 1}/{content.Size}";
        }

        await SendAsync(range is null ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent, content,
            range ?? new(0, content.Size));
    }

    private Task BytesAsync(int status, byte[] bytes, string type) =>
        SendAsync(status, FileContent.OfBytes("", bytes) with { Type = type }, new(0, bytes.Length));

    private bool HasAlready(FileContent content) => Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } tags
        ? content.ETag is { } tag && tags.Split(',').Any(known => known.Trim() is var one && (one == "*" || one.TrimStart('W', '/') == tag))
        : Seconds(content.Modified) is { } modified && Date(Request.Headers.IfModifiedSince) is { } since && modified <= since;

    // If-Range: a range is only valid for an unchanged file.
    private bool RangeHolds(FileContent content) => Request.Headers.IfRange.ToString() switch
    {
        "" => true,
        var tag when tag.StartsWith('"') => tag == content.ETag,
        var date => Seconds(content.Modified) is { } modified && Date(date) == modified,
    };

    // HTTP dates have whole seconds.
    private static DateTimeOffset? Seconds(DateTimeOffset? time) =>
        time is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private async Task SendAsync(int status, FileContent content, ByteRange part)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = content.Type;
        http.Response.ContentLength = part.Length;
        if (HttpMethods.IsHead(Request.Method))
        {
            return;
        }

        var cut = mirror.TakeCut(part.Length);
        var corrupt = mirror.TakeCorruption(content.Name, part.Length);
        using var source = content.Open();
        var buffer = ArrayPool<byte>.Shared.Rent(Throttle.Piece);
        try
        {
            while (_sent < (cut ?? part.Length) && !WasReset)
            {
                var wanted = (int)Math.Min(mirror.Throttle.Portion, (cut ?? part.Length) - _sent);
                var read = await source.ReadAsync(buffer.AsMemory(0, wanted), part.First + _sent, Gone);
                if (read == 0)
                {
                    throw new InvalidDataException($"{content.Name} became shorter than {content.Size} bytes while it was sent.");
                }

                buffer[0] ^= (byte)(corrupt && _sent == 0 ? 1 : 0);
                await mirror.Throttle.TakeAsync(read, Gone);
                await mirror.PassAsync(Gone);
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), Gone);
                _sent += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (cut is not null)
        {
            await http.Response.Body.FlushAsync(Gone);
            await Task.Delay(Drain, Gone);
            Reset();
        }
    }
}
