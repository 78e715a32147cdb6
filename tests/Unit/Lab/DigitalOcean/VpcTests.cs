namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>VPCs as the API keeps them.</summary>
public sealed class VpcTests : IDisposable
{
    private const string Vpcs = "/v2/vpcs";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-account-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_vpc_is_created_read_changed_and_deleted()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Vpcs, """{"name": "first", "region": "nyc2"}""");

        var made = await api.PostAsync(Vpcs, """{"name": "env.prod-vpc", "region": "nyc2", "ip_range": "10.10.10.0/24", "no_such": 1}""");
        var id = (string)made.Body!["vpc"]!["id"]!;
        var patched = await api.SendAsync("PATCH", $"{Vpcs}/{id}", """{"description": "for production"}""");
        var read = await api.GetAsync($"{Vpcs}/{id}");
        var gone = await api.DeleteAsync($"{Vpcs}/{id}");
        var missing = await api.GetAsync($"{Vpcs}/{id}");

        Assert.Equal((201, 200, 204, 404), (made.Status, patched.Status, gone.Status, missing.Status));
        Assert.Equal($"do:vpc:{id}", (string?)made.Body["vpc"]!["urn"]);
        Assert.False((bool)made.Body["vpc"]!["default"]!);
        Assert.Equal(("env.prod-vpc", "for production", "10.10.10.0/24", "2026-12-01T12:00:00Z"), (
            (string?)read.Body!["vpc"]!["name"], (string?)read.Body["vpc"]!["description"], (string?)read.Body["vpc"]!["ip_range"],
            (string?)read.Body["vpc"]!["created_at"]));
        Assert.Equal("not_found", (string?)missing.Body!["id"]);
    }

    [Fact]
    public async Task The_first_vpc_of_a_region_is_its_default_and_stays()
    {
        await using var api = await ApiClient.StartAsync();
        var first = (await api.PostAsync(Vpcs, """{"name": "first", "region": "nyc2"}""")).Body!["vpc"]!;

        var refused = await api.DeleteAsync($"{Vpcs}/{first["id"]}");

        Assert.True((bool)first["default"]!);
        Assert.Equal((403, "Can not delete default VPCs"), (refused.Status, refused.Message));
    }

    [Theory]
    [InlineData("""{"region": "nyc2"}""", 422)]
    [InlineData("""{"name": "a b", "region": "nyc2"}""", 422)]
    [InlineData("""{"name": "first", "region": "nyc2"}""", 409)]
    [InlineData("""{"name": "x", "region": "moon1"}""", 422)]
    [InlineData("""{"name": "x", "region": "nyc2", "ip_range": "10.10.10.0/24"}""", 422)]
    [InlineData("""{"name": "x", "region": "nyc2", "ip_range": "8.8.8.0/24"}""", 422)]
    [InlineData("""{"name": 5, "region": "nyc2"}""", 422)]
    [InlineData("""{"name": """, 400)]
    public async Task Wrong_requests_are_refused_and_change_nothing(string request, int status)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Vpcs, """{"name": "First", "region": "nyc2", "ip_range": "10.10.0.0/16"}""");
        var before = api.Account.State;

        var refused = await api.PostAsync(Vpcs, request);

        Assert.Equal(status, refused.Status);
        Assert.NotNull(refused.Message);
        Assert.Same(before, api.Account.State);
    }

    [Fact]
    public async Task A_list_has_pages_with_links()
    {
        await using var api = await ApiClient.StartAsync();
        for (var index = 0; index < 5; index++)
        {
            await api.PostAsync(Vpcs, $$"""{"name": "vpc-{{index}}", "region": "nyc2"}""");
        }

        var page = await api.GetAsync($"{Vpcs}?page=2&per_page=2");

        Assert.Equal(["vpc-2", "vpc-3"], page.Body!["vpcs"]!.AsArray().Select(vpc => (string?)vpc!["name"]));
        Assert.Equal(5, (int)page.Body["meta"]!["total"]!);
        Assert.Equal(
            (1, 1, 3, 3),
            (Page("first"), Page("prev"), Page("next"), Page("last")));

        int Page(string name) => int.Parse(
            new Uri((string)page.Body["links"]!["pages"]![name]!).Query.Split("page=")[^1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("dop_v1_0000", 401)]
    public async Task A_request_needs_a_token_of_the_account(string? token, int status)
    {
        await using var api = await ApiClient.StartAsync();
        using var http = new HttpClient { BaseAddress = api.Address };
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        using var answer = await http.GetAsync(new Uri(Vpcs, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_account_is_the_same_after_a_restart()
    {
        var path = Path.Combine(_folder, "account.db");
        await using (var api = await ApiClient.StartAsync(path: path))
        {
            await api.PostAsync(Vpcs, """{"name": "one", "region": "nyc2"}""");
            await api.PostAsync(Vpcs, """{"name": "two", "region": "nyc2"}""");
        }

        await using var again = await ApiClient.StartAsync(path: path);

        Assert.Equal(["one", "two"], (await again.GetAsync(Vpcs)).Body!["vpcs"]!.AsArray().Select(vpc => (string?)vpc!["name"]));
    }
}
