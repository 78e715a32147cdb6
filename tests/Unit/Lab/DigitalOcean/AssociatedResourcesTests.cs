namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Deletion of Droplets with what belongs to them.</summary>
public sealed class AssociatedResourcesTests
{
    private const string Path = "destroy_with_associated_resources";

    [Fact]
    public async Task All_that_belongs_to_a_droplet_is_listed_with_its_price_and_deleted_with_it()
    {
        await using var api = await ApiClient.StartAsync();
        var snapshot = await ImageTests.SnapshotAsync(api);
        var id = await IdAsync(api);

        var listed = (await api.GetAsync($"{id}/{Path}")).Body!;
        var unsure = await api.DeleteAsync($"{id}/{Path}/dangerous");
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", api.Token);
        http.DefaultRequestHeaders.Add("X-Dangerous", "true");
        using var sure = await http.DeleteAsync(new Uri($"{id}/{Path}/dangerous", UriKind.Relative), TestContext.Current.CancellationToken);
        await api.SettleAsync();
        var status = (await api.GetAsync($"{id}/{Path}/status")).Body!;

        Assert.Equal((snapshot, "first", "0.09"), (
            (string?)listed["snapshots"]![0]!["id"], (string?)listed["snapshots"]![0]!["name"], (string?)listed["snapshots"]![0]!["cost"]));
        Assert.Equal((400, 202), (unsure.Status, (int)sure.StatusCode));
        Assert.Equal((0, "2026-12-01"), ((int)status["failures"]!, ((string)status["completed_at"]!)[..10]));
        Assert.NotNull(status["resources"]!["snapshots"]![0]!["destroyed_at"]);
        Assert.Equal(404, (await api.GetAsync(id)).Status);
        Assert.Equal(404, (await api.GetAsync($"/v2/images/{snapshot}")).Status);
    }

    [Fact]
    public async Task Only_what_is_named_goes_with_the_droplet()
    {
        await using var api = await ApiClient.StartAsync();
        var snapshot = await ImageTests.SnapshotAsync(api);
        var id = await IdAsync(api);

        var wrong = await api.DeleteAsync($"{id}/{Path}/selective", """{"snapshots": ["7"]}""");
        var none = await api.GetAsync($"{id}/{Path}/status");
        var right = await api.DeleteAsync($"{id}/{Path}/selective", """{"snapshots": []}""");
        await api.SettleAsync();

        Assert.Equal((404, 404, 202), (wrong.Status, none.Status, right.Status));
        Assert.Equal(404, (await api.GetAsync(id)).Status);
        Assert.Equal(200, (await api.GetAsync($"/v2/images/{snapshot}")).Status);
    }

    [Fact]
    public async Task A_deletion_that_failed_is_repeated()
    {
        await using var api = await ApiClient.StartAsync();
        await ImageTests.SnapshotAsync(api);
        var id = await IdAsync(api);
        api.Host.OnStep = (_, _) => throw new InvalidOperationException("the disk is busy");

        await api.DeleteAsync($"{id}/{Path}/selective", "{}");
        await api.SettleAsync();
        var failed = (await api.GetAsync($"{id}/{Path}/status")).Body!;
        api.Host.OnStep = (_, _) => { };
        var retried = await api.PostAsync($"{id}/{Path}/retry", "{}");
        await api.SettleAsync();
        var done = (await api.GetAsync($"{id}/{Path}/status")).Body!;

        Assert.Equal((1, "the disk is busy"), ((int)failed["failures"]!, (string?)failed["droplet"]!["error_message"]));
        Assert.Equal((202, 0), (retried.Status, (int)done["failures"]!));
        Assert.NotNull(done["droplet"]!["destroyed_at"]);
    }

    private static async Task<string> IdAsync(ApiClient api) =>
        $"/v2/droplets/{(await api.GetAsync("/v2/droplets")).Body!["droplets"]![0]!["id"]}";
}
