using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Overview;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Lists of products that the lab has not.</summary>
public sealed class EmptyListTests
{
    public static TheoryData<string> Paths => [.. EmptyLists.Routes.Select(route => route.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_list_of_what_the_account_cannot_have_is_empty_and_nothing_is_created(string path)
    {
        await using var api = await ApiClient.StartAsync();

        var list = await api.GetAsync($"{path}?per_page=200");

        Assert.Equal(200, list.Status);
        var body = list.Body!.AsObject();
        Assert.Empty(Assert.Single(body, member => member.Key is not ("links" or "meta")).Value!.AsArray());
        Assert.Equal(body.ContainsKey("links"), (int?)body["meta"]?["total"] == 0);
        var created = await api.PostAsync(path, """{"name": "x", "region": "tor1"}""");
        Assert.Equal((404, "not_found"), (created.Status, (string?)created.Body!["id"]));
        Assert.Equal(404, (await api.GetAsync($"{path}/5a4981aa-9653-4bd1-bef5-d6bff52042e4")).Status);
    }

    /// <summary>droplet_kit 08ebbe1 reads <c>meta.total</c> of the list before its items.</summary>
    [Fact]
    public async Task Reserved_addresses_are_a_list_with_pages()
    {
        await using var api = await ApiClient.StartAsync();

        var list = await api.GetAsync("/v2/reserved_ips?page=1&per_page=20");

        Assert.Equal("""{"reserved_ips":[],"links":{},"meta":{"total":0}}""", list.Body!.ToJsonString());
    }

    [Fact]
    public async Task A_token_needs_the_scope_of_the_product()
    {
        await using var api = await ApiClient.StartAsync();
        var token = api.Account.Change(change => ApiToken.Create(change, "narrow", ["droplet:read"]));
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);

        var statuses = new List<int>();
        foreach (var path in new[] { "/v2/droplets/autoscale", "/v2/reserved_ips", "/v2/databases" })
        {
            using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal([200, 403, 403], statuses);
    }
}
