using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Images;
using Infra.Lab.Host;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Images: DigitalOcean's and snapshots.</summary>
public sealed class ImageTests
{
    private const string Images = "/v2/images";

    [Fact]
    public void Every_image_has_a_profile_and_every_profile_an_image() => Assert.Equal(
        ImageProfiles.All.Profiles.Select(profile => profile.Slug).Order(StringComparer.Ordinal),
        PublicImages.All.Select(image => image.Slug).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("", 9)]
    [InlineData("?private=true", 1)]
    [InlineData("?type=distribution", 8)]
    [InlineData("?type=application", 0)]
    [InlineData("?tag_name=base", 1)]
    [InlineData("?tag_name=none", 0)]
    public async Task A_list_is_filtered(string query, int count)
    {
        await using var api = await ApiClient.StartAsync();
        var id = await SnapshotAsync(api);
        await api.PostAsync("/v2/tags", """{"name": "base"}""");
        await api.PostAsync("/v2/tags/base/resources", $$"""{"resources": [{"resource_id": "{{id}}", "resource_type": "image"}]}""");

        Assert.Equal(count, (int)(await api.GetAsync(Images + query)).Body!["meta"]!["total"]!);
    }

    [Fact]
    public async Task An_image_is_found_by_slug_and_by_id()
    {
        await using var api = await ApiClient.StartAsync();

        var bySlug = (await api.GetAsync($"{Images}/gpu-h100x1-base")).Body!["image"]!;
        var byId = (await api.GetAsync($"{Images}/{bySlug["id"]}")).Body!["image"]!;

        Assert.Equal(("gpu-h100x1-base", true), ((string?)byId["slug"], (bool)byId["public"]!));
        Assert.Equal(404, (await api.GetAsync($"{Images}/no-such")).Status);
    }

    [Fact]
    public async Task A_snapshot_is_renamed_copied_to_a_region_and_deleted()
    {
        await using var api = await ApiClient.StartAsync();
        var id = await SnapshotAsync(api);

        var renamed = await api.PutAsync($"{Images}/{id}", """{"name": "second", "description": "of the move"}""");
        var copied = await api.PostAsync($"{Images}/{id}/actions", """{"type": "transfer", "region": "nyc3"}""");
        await api.SettleAsync();
        var read = (await api.GetAsync($"{Images}/{id}")).Body!["image"]!;
        var again = await api.PostAsync($"{Images}/{id}/actions", """{"type": "transfer", "region": "nyc3"}""");
        var action = (await api.GetAsync($"{Images}/{id}/actions")).Body!["actions"]![0]!;

        Assert.Equal((200, 201, 422), (renamed.Status, copied.Status, again.Status));
        Assert.Equal(("second", "of the move"), ((string?)read["name"], (string?)read["description"]));
        Assert.Equal(["tor1", "nyc3"], read["regions"]!.AsArray().Select(region => (string?)region));
        Assert.Equal(("transfer", "completed"), ((string?)action["type"], (string?)action["status"]));
        Assert.Equal(200, (await api.GetAsync($"{Images}/{id}/actions/{action["id"]}")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Images}/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync($"{Images}/{id}")).Status);
    }

    [Theory]
    [InlineData("PUT", "/195932981", """{"name": "mine"}""", 403)]
    [InlineData("DELETE", "/195932981", null, 403)]
    [InlineData("DELETE", "/ubuntu-24-04-x64", null, 404)]
    [InlineData("POST", "/195932981/actions", """{"type": "convert"}""", 403)]
    [InlineData("POST", "", """{"name": "own", "url": "a.qcow2", "region": "tor1"}""", 422)]
    [InlineData("POST", "", """{"name": "own", "url": "http://example.com/a.qcow2", "region": "moon1"}""", 422)]
    [InlineData("POST", "", "{}", 422)]
    public async Task What_is_not_ones_own_stays(string method, string path, string? request, int status)
    {
        await using var api = await ApiClient.StartAsync();

        Assert.Equal(status, (await api.SendAsync(method, Images + path, request)).Status);
    }

    [Fact]
    public async Task An_import_fails_later_and_the_image_says_why()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });

        var begun = await api.PostAsync(Images,
            """{"name": "own", "url": "http://example.com/a.qcow2", "region": "nyc3", "distribution": "Ubuntu", "tags": ["base"]}""");
        var path = $"{Images}/{begun.Body!["image"]!["id"]}";
        var listed = (await api.GetAsync($"{Images}?private=true")).Body!["meta"]!["total"]!;
        var droplet = await api.PostAsync("/v2/droplets", DropletTests.Request("web-1").Replace(
            "\"debian-13-x64\"", path[(Images.Length + 1)..], StringComparison.Ordinal));
        await api.SettleAsync();
        var ended = (await api.GetAsync(path)).Body!["image"]!;

        Assert.Equal((202, "NEW", "custom", false, 1), (begun.Status, (string?)begun.Body["image"]!["status"],
            (string?)begun.Body["image"]!["type"], (bool)begun.Body["image"]!["public"]!, (int)listed));
        Assert.Equal((422, "You specified an invalid image for Droplet creation."), (droplet.Status, droplet.Message));
        Assert.Equal("deleted", (string?)ended["status"]);
        Assert.StartsWith("The lab imports no images", (string?)ended["error_message"], StringComparison.Ordinal);
        Assert.Equal(0, (int)(await api.GetAsync($"{Images}?private=true")).Body!["meta"]!["total"]!);
        Assert.Equal("Image Can not delete an already deleted image.", (await api.DeleteAsync(path)).Message);
    }

    [Fact]
    public async Task An_import_under_way_can_be_deleted()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var begun = await api.PostAsync(Images, """{"name": "own", "url": "http://example.com/a.qcow2", "region": "nyc3"}""");
        var path = $"{Images}/{begun.Body!["image"]!["id"]}";

        var deleted = await api.DeleteAsync(path);
        await api.SettleAsync();

        Assert.Equal((204, 404), (deleted.Status, (await api.GetAsync(path)).Status));
    }

    internal static async Task<string> SnapshotAsync(ApiClient api)
    {
        var droplet = await DropletTests.CreateAsync(api, DropletTests.Request("web-1"));
        await api.PostAsync($"/v2/droplets/{droplet["id"]}/actions", """{"type": "snapshot", "name": "first"}""");
        await api.SettleAsync();
        return (await api.GetAsync($"{Images}?private=true")).Body!["images"]![0]!["id"]!.ToString();
    }
}
