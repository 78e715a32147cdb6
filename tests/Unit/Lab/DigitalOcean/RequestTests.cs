using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Methods, paths, bodies, pages and tokens that are not as usual.</summary>
public sealed class RequestTests
{
    private const string Vpcs = "/v2/vpcs";

    [Fact]
    public async Task Head_answers_as_get_without_the_body()
    {
        await using var api = await ApiClient.StartAsync();

        using var get = await SendAsync(api, "GET", "/v2/account");
        using var head = await SendAsync(api, "HEAD", "/v2/account");
        using var missing = await SendAsync(api, "HEAD", "/v2/droplets/1");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (head.StatusCode, missing.StatusCode));
        Assert.Equal("", await ReadAsync(head));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(Number(get, "RateLimit-Remaining") - 1, Number(head, "RateLimit-Remaining"));
    }

    [Fact]
    public async Task A_page_of_another_origin_may_call_it_with_a_token()
    {
        await using var api = await ApiClient.StartAsync();
        const string origin = "https://example.com";

        using var preflight = await SendAsync(api, "OPTIONS", "/v2/droplets", ("Origin", origin), ("Authorization", ""),
            ("Access-Control-Request-Headers", "authorization,content-type"));
        using var refused = await SendAsync(api, "GET", "/v2/droplets", ("Origin", origin), ("Authorization", ""));
        using var plain = await SendAsync(api, "OPTIONS", "/v2/droplets");

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal((origin, "GET, POST, PUT, PATCH, DELETE, OPTIONS", "authorization,content-type"), (
            Header(preflight, "Access-Control-Allow-Origin"), Header(preflight, "Access-Control-Allow-Methods"),
            Header(preflight, "Access-Control-Allow-Headers")));
        Assert.Equal((HttpStatusCode.Unauthorized, origin), (refused.StatusCode, Header(refused, "Access-Control-Allow-Origin")));
        Assert.Equal(HttpStatusCode.NotFound, plain.StatusCode);
        Assert.False(plain.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("PATCH", "/v2/droplets")]
    [InlineData("POST", "/v2/account")]
    [InlineData("GET", "/v2/moons")]
    [InlineData("GET", "/v2/moons/a.example.com")]
    [InlineData("POST", "/v2/domains/a.example.com")]
    [InlineData("GET", "/v2//droplets")]
    [InlineData("GET", "/v3/droplets")]
    [InlineData("GET", "/")]
    [InlineData("BREW", "/v2/droplets")]
    public async Task What_no_route_has_is_not_found_in_words_that_clients_read(string method, string path)
    {
        await using var api = await ApiClient.StartAsync();

        using var answer = await SendAsync(api, method, path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var error = JsonNode.Parse(await ReadAsync(answer))!;
        Assert.Equal("not_found", (string?)error["id"]);
        Assert.Equal(Header(answer, "x-request-id"), (string?)error["request_id"]);
    }

    /// <summary>python-digitalocean sends most of its requests so.</summary>
    [Fact]
    public async Task A_slash_at_the_end_of_a_path_changes_nothing()
    {
        await using var api = await ApiClient.StartAsync();

        using var made = await SendAsync(api, "POST", $"{Vpcs}/", body: """{"name": "net", "region": "tor1"}""");
        using var listed = await SendAsync(api, "GET", $"{Vpcs}/?per_page=1");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.StatusCode, listed.StatusCode));
        Assert.Equal(1, (int)JsonNode.Parse(await ReadAsync(listed))!["meta"]!["total"]!);
    }

    [Theory]
    [InlineData("{", 400, "unable to decode request body")]
    [InlineData("{} {}", 400, "unable to decode request body")]
    [InlineData("null", 400, "unable to decode request body")]
    [InlineData("name=net&region=tor1", 400, "unable to decode request body")]
    [InlineData("[]", 422, "cannot unmarshal")]
    [InlineData("""{"name": 5}""", 422, "name")]
    [InlineData("", 422, "region is required")]
    public async Task A_body_that_is_no_request_is_refused(string body, int status, string words)
    {
        await using var api = await ApiClient.StartAsync();

        var refused = await api.PostAsync(Vpcs, body);

        Assert.Equal(status, refused.Status);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused_in_words_that_clients_read(bool chunked)
    {
        await using var api = await ApiClient.StartAsync();
        using var http = new HttpClient { BaseAddress = api.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, Vpcs);
        request.Headers.Add("Authorization", $"Bearer {api.Token}");
        request.Headers.TransferEncodingChunked = chunked;
        request.Content = new ByteArrayContent(new byte[2 << 20]);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("request_entity_too_large", (string?)JsonNode.Parse(await ReadAsync(answer))!["id"]);
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=-1")]
    [InlineData("page=abc")]
    [InlineData("page=")]
    [InlineData("page=99999999999")]
    [InlineData("per_page=0")]
    [InlineData("per_page=1.5")]
    public async Task A_page_that_is_no_number_is_refused(string query)
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal(400, (await api.GetAsync($"{Vpcs}?{query}")).Status);
    }

    [Fact]
    public async Task A_page_has_200_items_at_most_however_many_are_asked_for()
    {
        await using var api = await ApiClient.StartAsync();
        api.Account.Change(change =>
        {
            foreach (var number in Enumerable.Range(0, 201))
            {
                Infra.Lab.DigitalOcean.Tags.ResourceTags.Create(change, new($"tag-{number}"));
            }
        });

        var first = (await api.GetAsync("/v2/tags?per_page=999&unknown=1")).Body!;
        var next = (await api.GetAsync(new Uri((string)first["links"]!["pages"]!["next"]!).PathAndQuery)).Body!;
        var beyond = (await api.GetAsync("/v2/tags?page=2147483647")).Body!;

        Assert.Equal((200, 1, 0), (first["tags"]!.AsArray().Count, next["tags"]!.AsArray().Count, beyond["tags"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("GET", "/v2/droplets/99999999999999999999", null, 404)]
    [InlineData("GET", "/v2/droplets/-1", null, 404)]
    [InlineData("GET", "/v2/actions/0x10", null, 404)]
    [InlineData("POST", "/v2/droplets/9223372036854775807/actions", """{"type": "reboot"}""", 404)]
    [InlineData("POST", "/v2/firewalls", """{"name": "web", "droplet_ids": [99999999999999999999]}""", 422)]
    public async Task An_id_that_no_resource_can_have_is_not_found(string method, string path, string? body, int status)
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal(status, (await api.SendAsync(method, path, body)).Status);
    }

    [Theory]
    [InlineData("Bearer {0}", "", 200)]
    [InlineData("bearer {0}", "", 200)]
    [InlineData("Bearer  {0} ", "", 200)]
    [InlineData("", "", 401)]
    [InlineData("{0}", "", 401)]
    [InlineData("Token {0}", "", 401)]
    [InlineData("Bearer {0}x", "", 401)]
    [InlineData("", "?access_token={0}", 401)]
    public async Task A_token_comes_in_its_header(string header, string query, int status)
    {
        await using var api = await ApiClient.StartAsync();
        var culture = System.Globalization.CultureInfo.InvariantCulture;

        using var answer = await SendAsync(api, "GET", $"/v2/account{string.Format(culture, query, api.Token)}",
            ("Authorization", string.Format(culture, header, api.Token)));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(ApiClient api, string method, string path, params (string, string)[] headers) =>
        SendAsync(api, method, path, null, headers);

    private static async Task<HttpResponseMessage> SendAsync(
        ApiClient api, string method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        // As it is written: a double slash, too.
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{api.Address.GetLeftPart(UriPartial.Authority)}{path}");
        foreach (var (name, value) in headers.Any(header => header.Name == "Authorization") ? headers
            : headers.Append(("Authorization", $"Bearer {api.Token}")))
        {
            if (value.Length > 0)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<string> ReadAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static int Number(HttpResponseMessage answer, string name) =>
        int.Parse(Header(answer, name), System.Globalization.CultureInfo.InvariantCulture);
}
