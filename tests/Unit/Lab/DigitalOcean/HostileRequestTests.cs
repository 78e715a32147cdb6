using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>
/// Requests that no good client sends, byte by byte: each has an answer that is no error of the server, and the next one works.
/// </summary>
public sealed partial class HostileRequestTests
{
    private const string Get = "GET /v2/vpcs HTTP/1.1";

    public static TheoryData<string, string, int> Requests => new()
    {
        // Paths.
        { "GET //v2/vpcs HTTP/1.1", "", 404 },
        { "GET /v2//vpcs HTTP/1.1", "", 404 },
        { "GET /v2/vpcs/../account HTTP/1.1", "", 200 },
        { "GET /v2/%2e%2e/%2e%2e/etc/passwd HTTP/1.1", "", 404 },
        { "GET /v2/vpcs%2f1 HTTP/1.1", "", 404 },
        { "GET /v2/domains/%2e%2e%2f HTTP/1.1", "", 404 },
        { "GET /v2/tags/%ff%fe HTTP/1.1", "", 404 },
        { "GET /v2/tags/a%0d%0ab HTTP/1.1", "", 404 },
        { "GET /v2/tags/%00 HTTP/1.1", "", 400 },
        { "GET /v2/droplets/99999999999999999999 HTTP/1.1", "", 404 },
        { "GET http://elsewhere.example/v2/vpcs HTTP/1.1", "", 400 },
        { "GET http://api.digitalocean.com/v2/vpcs HTTP/1.1", "", 200 },
        { "OPTIONS * HTTP/1.1", "", 404 },
        // Queries.
        { "GET /v2/vpcs?page=%ff&per_page=1 HTTP/1.1", "", 400 },
        { "GET /v2/vpcs?page=2147483647&per_page=200 HTTP/1.1", "", 200 },
        { "GET /v2/vpcs?page=1&page=1&=&& HTTP/1.1", "", 200 },
        { "GET /v2/droplets?tag_name=%00%ff%0d%0aX:%20y HTTP/1.1", "", 200 },
        // Methods, versions and headers.
        { "FOO /v2/vpcs HTTP/1.1", "", 404 },
        { "TRACE /v2/vpcs HTTP/1.1", "", 404 },
        { "GET /v2/vpcs HTTP/1.0", "", 200 },
        { Get, "Accept: text/html;q=nonsense, */;;,\r\n", 200 },
        { Get, "Content-Type: multipart/form-data\r\n", 200 },
        { Get, "Origin: https://caf\u00c3\u00a9.example\r\n", 200 },
        { "OPTIONS /v2/vpcs HTTP/1.1", "Origin: x\r\nAccess-Control-Request-Headers: caf\u00c3\u00a9\r\n", 204 },
        { Get, "Authorization: Bearer \u00c3\u00a9\r\n", 401 },
        { Get, "X-Odd: \u00e9\r\n", 400 },
        { Get, "X-Long: " + new string('a', 40_000) + "\r\n", 431 },
        { "GET /v2/" + new string('a', 20_000) + " HTTP/1.1", "", 414 },
        { Get, "Bad Header: x\r\n", 400 },
        { Get, "Content-Length: -1\r\n", 400 },
        { "nonsense", "", 400 },
    };

    public static TheoryData<string, string, int> Bodies => new()
    {
        { "duplicate members", """{"name": "first", "name": "second", "region": "nyc2"}""", 201 },
        { "a number too large", """{"name": 1e999, "region": "nyc2"}""", 422 },
        { "a number in place of a flag", """{"name": "a", "region": "nyc2", "default": 1e999}""", 422 },
        { "deep nesting", new string('[', 100_000), 400 },
        { "deep nesting of objects", string.Concat(Enumerable.Repeat("""{"a":""", 100_000)), 400 },
        { "half of a pair of surrogates", """{"name": "\ud800", "region": "nyc2"}""", 422 },
        { "a zero byte", """{"name": "a\u0000b", "region": "nyc2"}""", 422 },
        { "no object", "[1, 2]", 422 },
        { "null", "null", 400 },
        { "a second value", "{} {}", 400 },
        { "a comment", "{} // x", 400 },
        { "form data", "name=a&region=nyc2", 400 },
        { "bytes that are no UTF-8", "{\"name\": \"\u00ff\u00fe\", \"region\": \"nyc2\"}", 422 },
        { "a mark of byte order", "\u00ef\u00bb\u00bf{}", 400 },
        { "gzip", "\u001f\u008b\u0008\u0000", 400 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_strange_request_is_answered(string line, string headers, int status)
    {
        await using var api = await ApiClient.StartAsync();
        var token = headers.StartsWith("Authorization", StringComparison.Ordinal) ? "" : $"Authorization: Bearer {api.Token}\r\n";

        var answers = await SendAsync(api, $"{line}\r\nHost: api.digitalocean.com\r\nConnection: close\r\n{token}{headers}\r\n");

        Assert.Equal([status], answers);
        Assert.Equal(200, (await api.GetAsync("/v2/account")).Status);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_strange_body_is_answered(string what, string body, int status)
    {
        Assert.NotEmpty(what);
        await using var api = await ApiClient.StartAsync();

        var answers = await SendAsync(api, Post(api, $"Content-Length: {body.Length}\r\n", body));

        Assert.Equal([status], answers);
        Assert.Equal(200, (await api.GetAsync("/v2/account")).Status);
    }

    [Fact]
    public async Task A_body_is_too_large_before_it_is_read()
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal([413], await SendAsync(api, Post(api, "Content-Length: 10000000000\r\n", "{")));
        Assert.Equal([413], await SendAsync(
            api, Post(api, "Transfer-Encoding: chunked\r\n", $"{3 << 20:x}\r\n{new string(' ', 3 << 20)}\r\n0\r\n\r\n")));
    }

    [Fact]
    public async Task A_body_in_pieces_is_read_and_a_broken_piece_refused()
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal([201], await SendAsync(api, Post(api, "Transfer-Encoding: chunked\r\n",
            "a\r\n{\"name\": \"\r\n1a\r\npieces\", \"region\": \"nyc2\"}\r\n0\r\n\r\n")));
        Assert.Equal([400], await SendAsync(api, Post(api, "Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n")));
    }

    [Fact]
    public async Task A_client_that_waits_for_permission_gets_it()
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal([100, 422], await SendAsync(api, Post(api, "Expect: 100-continue\r\nContent-Length: 2\r\n", ""), "{}"));
    }

    [Fact]
    public async Task Of_two_lengths_that_of_the_pieces_counts()
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal([422], await SendAsync(
            api, Post(api, "Content-Length: 50\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")));
    }

    [Fact]
    public async Task A_client_that_sends_nothing_more_is_not_waited_for()
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal([408], await SendAsync(api, Post(api, "Content-Length: 100\r\n", "{")));
    }

    [Fact]
    public async Task Requests_in_one_packet_are_answered_in_their_order()
    {
        await using var api = await ApiClient.StartAsync();
        var request = $"Host: x\r\nAuthorization: Bearer {api.Token}\r\n";

        Assert.Equal([200, 404, 401], await SendAsync(api,
            $"{Get}\r\n{request}\r\nGET /v2/vpcs/none HTTP/1.1\r\n{request}\r\n{Get}\r\nHost: x\r\nConnection: close\r\n\r\n"));
    }

    [Fact]
    public async Task No_text_of_a_request_becomes_a_header_of_the_answer()
    {
        await using var api = await ApiClient.StartAsync();

        var answer = await TalkAsync(api, $"GET /v2/vpcs?per_page=1&page=1&x=%0d%0aX-Injected:%20yes HTTP/1.1\r\nHost: x\r\n"
            + $"Connection: close\r\nAuthorization: Bearer {api.Token}\r\nOrigin: https://a.example\r\n\r\n");

        Assert.DoesNotContain("\nX-Injected", answer, StringComparison.OrdinalIgnoreCase);
    }

    private static string Post(ApiClient api, string headers, string body) =>
        $"POST /v2/vpcs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {api.Token}\r\n{headers}\r\n{body}";

    /// <summary>The statuses of all answers.</summary>
    private static async Task<IEnumerable<int>> SendAsync(ApiClient api, string request, string afterPermission = "") =>
        [.. Status().Matches(await TalkAsync(api, request, afterPermission))
            .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

    /// <summary>What the server says until it closes the connection; characters are bytes.</summary>
    private static async Task<string> TalkAsync(ApiClient api, string request, string afterPermission = "")
    {
        using var client = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await client.ConnectAsync(api.Address.Host, api.Address.Port, limit.Token);
        var stream = client.GetStream();
        using var answer = new MemoryStream();
        var sending = stream.WriteAsync(Encoding.Latin1.GetBytes(request), limit.Token).AsTask();
        try
        {
            if (afterPermission.Length > 0)
            {
                var first = new byte[1024];
                var read = await stream.ReadAsync(first, limit.Token);
                await answer.WriteAsync(first.AsMemory(0, read), limit.Token);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(afterPermission), limit.Token);
            }
            await stream.CopyToAsync(answer, limit.Token);
        }
        catch (IOException)
        {
            // It closed the connection before it had read everything: what it said came before.
        }
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    [GeneratedRegex(@"(?:^|[\n}])HTTP/1\.1 ([0-9]{3})")]
    private static partial Regex Status();
}
