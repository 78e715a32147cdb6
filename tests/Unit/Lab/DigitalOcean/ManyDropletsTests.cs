using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.Host;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Many clients at once, on a host without servers.</summary>
public sealed class ManyDropletsTests
{
    private const int Count = 200;
    private const int Clients = 32;
    private const string All = "/v2/droplets";

    [Fact]
    public async Task Two_hundred_droplets_created_at_once_are_all_there_and_no_list_has_one_twice()
    {
        using var store = AccountStore.Open(":memory:");
        using var account = new CloudAccount(
            store, new AccountSettings { Catalog = ModelCatalog.Load(), DropletLimit = Count }, TimeProvider.System);
        var token = account.Change(change => ApiToken.Create(change, "test", []));
        await using var api = await RunningApi.StartAsync(
            account, new NoServers([]), [new IPEndPoint(IPAddress.Loopback, 0)], certificate: null);
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var cancel = TestContext.Current.CancellationToken;

        using var ready = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reader = ReadAsync(http, ready.Token);
        var clients = new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancel };
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), clients, async (index, stop) =>
            {
                using var made = await http.PostAsJsonAsync(All, JsonNode.Parse(DropletTests.Request($"web-{index}", tags: "fleet")), stop);
                Assert.Equal(HttpStatusCode.Accepted, made.StatusCode);
            });
        await account.UntilAsync(state => state.All<Droplet>().All(droplet => droplet.Status == Droplet.Active), cancel);
        await ready.CancelAsync();
        var sizes = await reader;

        var droplets = await GetAsync(http, $"{All}?per_page=200", cancel);
        var refused = await http.PostAsJsonAsync(All, JsonNode.Parse(DropletTests.Request("one-more")), cancel);
        Assert.Equal(sizes.Order(), sizes);
        Assert.Equal(Enumerable.Range(0, Count).Select(index => $"web-{index}").Order(StringComparer.Ordinal),
            Members(droplets, "droplets").Select(droplet => (string)droplet["name"]!).Order(StringComparer.Ordinal));
        foreach (var type in new[] { "private", "public" })
        {
            Assert.Equal(Count, Members(droplets, "droplets").Select(droplet => (string?)droplet["networks"]!["v4"]!.AsArray()
                .Single(network => (string?)network!["type"] == type)!["ip_address"]).Distinct().Count());
        }
        Assert.Equal(Count, (int)(await GetAsync(http, "/v2/tags/fleet", cancel))["tag"]!["resources"]!["droplets"]!["count"]!);
        Assert.All(Members(await GetAsync(http, "/v2/actions?per_page=200", cancel), "actions"),
            action => Assert.Equal("completed", (string?)action["status"]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        await Parallel.ForEachAsync(Members(droplets, "droplets"), cancel, async (droplet, stop) =>
        {
            using var deleted = await http.DeleteAsync(new Uri($"{All}/{droplet["id"]}", UriKind.Relative), stop);
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        });
        await account.UntilAsync(state => state.All<Work>().Count == 0, cancel);
        Assert.Equal(0, (int)(await GetAsync(http, All, cancel))["meta"]!["total"]!);
        Assert.Equal(0, (int)(await GetAsync(http, "/v2/tags/fleet", cancel))["tag"]!["resources"]!["count"]!);
    }

    /// <summary>Reads lists until it is cancelled: the number of Droplets in each.</summary>
    private static async Task<IReadOnlyList<int>> ReadAsync(HttpClient http, CancellationToken cancel)
    {
        var sizes = new List<int>();
        while (!cancel.IsCancellationRequested)
        {
            var list = await GetAsync(http, $"{All}?per_page=200", CancellationToken.None);
            var ids = Members(list, "droplets").Select(droplet => (long)droplet["id"]!).ToList();
            Assert.Equal(ids.Distinct(), ids);
            Assert.Equal((int)list["meta"]!["total"]!, ids.Count);
            sizes.Add(ids.Count);
        }
        return sizes;
    }

    private static async Task<JsonNode> GetAsync(HttpClient http, string path, CancellationToken cancel) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), cancel))!;

    private static IEnumerable<JsonNode> Members(JsonNode list, string name) => list[name]!.AsArray().Select(member => member!);
}
