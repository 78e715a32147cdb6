using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Infra.Cli.CommandLine;
using Infra.Planning.Errors;
using Infra.Planning.Hub;

namespace Infra.Cli.Hub;

/// <summary>
/// Reads files of a repository over HTTP. It follows redirects itself, because only the hub may see the token and nothing may lead from
/// https to http; and it limits the time and the size of every answer, because the server is not trusted.
/// </summary>
/// <param name="http">The client, without redirects of its own and without a timeout.</param>
/// <param name="hub">Address of the hub, without a slash at the end.</param>
/// <param name="token">Token for the hub; null or empty: none. It never goes to another host, nor in the open over a network.</param>
/// <param name="address">The repository.</param>
/// <param name="patience">Limit for one answer, with all its redirects.</param>
internal sealed partial class HubClient(HttpClient http, Uri hub, string? token, HubAddress address, TimeSpan patience)
{
    /// <summary>Environment variable with the token, as the hub's own tools have it.</summary>
    public const string TokenVariable = "HF_TOKEN";

    // The hub's own words (huggingface_hub, utils/_http.py).
    private const string InvalidToken = "Invalid credentials in Authorization header";
    private const string Disabled = "Access to this resource is disabled.";

    private const int MostRedirects = 8;
    private const int Chunk = 64 * 1024;

    /// <summary>Characters of an answer that an error shows.</summary>
    private const int ShownCharacters = 200;

    /// <summary>The content of a path of the hub, and the address of the next page if there is one.</summary>
    /// <param name="path">Path and query, with a slash at the start; or a whole address of the same hub.</param>
    /// <param name="mostBytes">Limit of its size.</param>
    /// <exception cref="ConfigurationException">The hub cannot be reached, or refuses: one message.</exception>
    public async Task<(byte[] Content, Uri? Next)> GetAsync(string path, int mostBytes)
    {
        var target = new Uri(hub, path.StartsWith('/') ? hub.AbsolutePath.TrimEnd('/') + path : path);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            for (var redirects = 0; redirects <= MostRedirects; redirects++)
            {
                using var request = Request(target);
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if ((int)answer.StatusCode is >= 300 and < 400 && answer.Headers.Location is { } location)
                {
                    target = Redirected(target, location);
                    continue;
                }

                return answer.IsSuccessStatusCode
                    ? (await ReadAsync(answer, target, mostBytes, limit.Token), NextOf(answer, target))
                    : throw await RefusedAsync(answer, target, limit.Token);
            }

            throw Error($"is redirected more than {MostRedirects} times, the last time to {target.Host}",
                "check the address of the hub: --hub");
        }
        catch (OperationCanceledException)
        {
            throw Error($"cannot be read: {target.Host} sent no complete answer within {patience.TotalSeconds:0.#} s",
                $"run it again; {Reach(target)}");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            throw Error($"cannot be read: {Cause(failure, target)}", Reach(target));
        }
    }

    private HttpRequestMessage Request(Uri target)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("infra", "1"));
        if (!string.IsNullOrEmpty(token) && IsHub(target) && (target.Scheme == Uri.UriSchemeHttps || target.IsLoopback))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return request;
    }

    private Uri Redirected(Uri from, Uri location)
    {
        var to = new Uri(from, location);
        var allowed = to.Scheme == Uri.UriSchemeHttps || (to.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return allowed ? to
            : throw Error($"is redirected from {from.Host} to an address that is not https: "
                + Printable.Line(to.GetLeftPart(UriPartial.Path), ShownCharacters), "check the address of the hub: --hub");
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage answer, Uri from, int mostBytes, CancellationToken limit)
    {
        using var content = new MemoryStream();
        await using var stream = await ContentAsync(answer, from, limit);
        var buffer = new byte[Chunk];
        while (await stream.ReadAsync(buffer, limit) is > 0 and var read)
        {
            if (content.Length + read > mostBytes)
            {
                throw Error($"cannot be read: {Printable.Line(from.AbsolutePath, ShownCharacters)} has more than {mostBytes >> 20} MiB",
                    "write the row yourself: docs/catalog.md");
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>The content of an answer, unpacked: some caches in front of a hub compress without being asked.</summary>
    private async Task<Stream> ContentAsync(HttpResponseMessage answer, Uri from, CancellationToken limit)
    {
        var encodings = answer.Content.Headers.ContentEncoding.Where(encoding => encoding != "identity").ToList();
        var stream = await answer.Content.ReadAsStreamAsync(limit);
        return encodings switch
        {
            [] => stream,
            ["gzip"] => new GZipStream(stream, CompressionMode.Decompress),
            _ => throw Error($"cannot be read: {from.Host} sends it encoded, which was not asked for: "
                + Printable.Line(string.Join(", ", encodings), ShownCharacters), "check the address of the hub: --hub"),
        };
    }

    private Uri? NextOf(HttpResponseMessage answer, Uri from)
    {
        if (!answer.Headers.TryGetValues("Link", out var links) || Next().Match(string.Join(',', links)) is not { Success: true } next)
        {
            return null;
        }

        return Uri.TryCreate(from, next.Groups["there"].Value, out var there) && IsHub(there) ? there
            : throw Error("has a list of files that continues on another host", "check the address of the hub: --hub");
    }

    /// <summary>The hub's error about the repository (codes: huggingface_hub's utils/_http.py), or a server's about itself.</summary>
    private async Task<ConfigurationException> RefusedAsync(HttpResponseMessage answer, Uri from, CancellationToken limit)
    {
        var status = (int)answer.StatusCode;
        var code = Header(answer, "X-Error-Code");
        var message = Header(answer, "X-Error-Message");
        if (message.Length == 0)
        {
            message = await StartAsync(answer, limit);
        }

        var detail = message.Length == 0 ? $"{status}" : $"{status}: {message}";
        var has = string.IsNullOrEmpty(token) ? "without a token" : $"with the token in {TokenVariable}";
        var typed = $"{TokenVariable} in the environment, never as an option";
        if (!IsHub(from))
        {
            return Error($"cannot be read: {from.Host}, the file storage of the hub, returns {detail}", "run it again in a few minutes");
        }

        return (answer.StatusCode, code) switch
        {
            (HttpStatusCode.Unauthorized, _) when message == InvalidToken => Error(
                $"cannot be read: the hub does not accept the token in {TokenVariable} ({detail})",
                $"create a new token on {new Uri(hub, "settings/tokens")}, or unset {TokenVariable}: a public repository needs none"),
            (HttpStatusCode.Forbidden, _) when message == Disabled => Error(
                $"is disabled on {hub.Host} ({detail})", "name another repository: the hub or its owner has closed this one"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => Error(
                $"is gated, and the hub denies access {has} ({detail})",
                $"accept the licence on {new Uri(hub, address.Id)}, then run it again with a token of that account: {typed}"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "RepoNotFound") or (HttpStatusCode.Unauthorized, "") => Error(
                $"does not exist on {hub.Host}, or is not visible {has} ({detail})",
                $"check the name; a private repository needs a token with read access: {typed}"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => Error(
                $"is not visible {has} ({detail})", $"use a token with read access to it: {typed}"),
            (HttpStatusCode.NotFound, "RevisionNotFound") => Error(
                $"has no revision {address.Revision} ({detail})", $"{HubAddress.Option} {address.Id}"),
            (HttpStatusCode.NotFound or HttpStatusCode.Gone, _) => Error(
                $"is not on {hub.Host}, or lacks {Printable.Line(from.AbsolutePath, ShownCharacters)} ({detail})",
                "check owner and name: they are case-sensitive"),
            (HttpStatusCode.TooManyRequests, _) => Error(
                $"cannot be read now: {hub.Host} limits requests ({detail})",
                $"wait {WaitOf(answer) ?? "some minutes"}; a token has a higher limit: {typed}"),
            _ => Error($"cannot be read: {hub.Host} returns {detail}", $"run it again in {WaitOf(answer) ?? "a few minutes"}"),
        };
    }

    /// <summary>How long to wait, by the hub's own headers (huggingface_hub: parse_ratelimit_headers); null: it does not say.</summary>
    private static string? WaitOf(HttpResponseMessage answer)
    {
        var limit = Limit().Match(Header(answer, "RateLimit"));
        var seconds = limit.Success ? int.Parse(limit.Groups["seconds"].Value, CultureInfo.InvariantCulture)
            : answer.Headers.RetryAfter?.Delta is { } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null;
        return seconds is null ? null : string.Create(CultureInfo.InvariantCulture, $"{seconds} s");
    }

    /// <summary>The first words of an answer; empty for a page.</summary>
    private static async Task<string> StartAsync(HttpResponseMessage answer, CancellationToken limit)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(limit);
        var buffer = new byte[ShownCharacters];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit);
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, read).Trim();
        return text.StartsWith('<') ? "" : Printable.Line(text, ShownCharacters);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values)
            ? Printable.Line(string.Join(' ', values), ShownCharacters).Trim() : "";

    private bool IsHub(Uri target) => target.GetLeftPart(UriPartial.Authority) == hub.GetLeftPart(UriPartial.Authority);

    private static string Cause(Exception failure, Uri target)
    {
        var causes = HostFault.Causes(failure).ToList();
        return causes.OfType<AuthenticationException>().FirstOrDefault() is { } tls
                ? $"TLS with {target.Host} fails: {HostFault.OneLine(tls.Message)}"
            : causes.OfType<SocketException>().FirstOrDefault() is { } socket
                ? $"{target.Host} cannot be reached: {HostFault.OneLine(socket.Message)}"
            : $"{target.Host}: {HostFault.OneLine(causes[^1].Message)}";
    }

    private static string Reach(Uri target) =>
        $"check that this machine reaches {target.GetLeftPart(UriPartial.Authority)} (HTTPS_PROXY counts), or name another hub: --hub";

    private ConfigurationException Error(string problem, string fix) =>
        new(new UserError(HubAddress.Option, address.ToString(), problem, fix));

    // No requests left, and the seconds until there are again: "api";r=0;t=55
    [GeneratedRegex("\"\\w{1,40}\"\\s{0,9};\\s{0,9}r\\s{0,9}=\\s{0,9}0\\s{0,9};\\s{0,9}t\\s{0,9}=\\s{0,9}(?<seconds>[0-9]{1,6})",
        RegexOptions.CultureInvariant)]
    private static partial Regex Limit();

    [GeneratedRegex("<(?<there>[^<>]{1,4000})>\\s{0,9};\\s{0,9}rel=\"next\"", RegexOptions.CultureInvariant)]
    private static partial Regex Next();
}
