namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Tags and what has them.</summary>
public sealed class TagTests
{
    private const string Tags = "/v2/tags";

    [Fact]
    public async Task A_tag_ignores_case_and_counts_its_resources()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Tags, """{"name": "Env:Prod"}""");

        var first = await DropletTests.CreateAsync(api, DropletTests.Request("web-1", tags: "env:prod web"));
        var second = await DropletTests.CreateAsync(api, DropletTests.Request("web-2", tags: "ENV:PROD"));
        var tag = (await api.GetAsync($"{Tags}/env:PROD")).Body!["tag"]!;
        var all = (await api.GetAsync(Tags)).Body!["tags"]!.AsArray();

        Assert.Equal(["Env:Prod"], second["tags"]!.AsArray().Select(one => (string?)one));
        Assert.Equal(("Env:Prod", 2, 2),
            ((string?)tag["name"], (int)tag["resources"]!["count"]!, (int)tag["resources"]!["droplets"]!["count"]!));
        Assert.Equal(
            $"https://api.digitalocean.com/v2/droplets/{second["id"]}", (string?)tag["resources"]!["droplets"]!["last_tagged_uri"]);
        Assert.Equal(["Env:Prod", "web"], all.Select(one => (string?)one!["name"]));
        Assert.NotNull(first);
    }

    [Fact]
    public async Task A_tag_is_given_to_resources_and_taken()
    {
        await using var api = await ApiClient.StartAsync();
        var droplet = await DropletTests.CreateAsync(api, DropletTests.Request("web-1"));
        await api.PostAsync(Tags, """{"name": "web"}""");
        var body = $$"""{"resources": [{"resource_id": "{{droplet["id"]}}", "resource_type": "droplet"}]}""";

        var given = await api.PostAsync($"{Tags}/WEB/resources", body);
        var with = await DropletTests.NamesAsync(api, "?tag_name=web");
        var taken = await api.DeleteAsync($"{Tags}/web/resources", body);
        var without = await DropletTests.NamesAsync(api, "?tag_name=web");

        Assert.Equal((204, 204), (given.Status, taken.Status));
        Assert.Equal(["web-1"], with);
        Assert.Equal([], without);
    }

    [Theory]
    [InlineData("web", """{"resources": [{"resource_id": "7", "resource_type": "droplet"}]}""", 404)]
    [InlineData("other", """{"resources": []}""", 404)]
    [InlineData("web", """{"resources": [{"resource_id": "7", "resource_type": "moon"}]}""", 422)]
    [InlineData("web", "{}", 422)]
    public async Task Wrong_resources_are_refused(string tag, string request, int status)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Tags, """{"name": "web"}""");

        Assert.Equal(status, (await api.PostAsync($"{Tags}/{tag}/resources", request)).Status);
    }

    [Fact]
    public async Task A_deleted_tag_is_taken_from_everything()
    {
        await using var api = await ApiClient.StartAsync();
        var droplet = await DropletTests.CreateAsync(api, DropletTests.Request("web-1", tags: "web other"));

        var deleted = await api.DeleteAsync($"{Tags}/Web");
        var read = (await api.GetAsync($"/v2/droplets/{droplet["id"]}")).Body!["droplet"]!;

        Assert.Equal(204, deleted.Status);
        Assert.Equal(["other"], read["tags"]!.AsArray().Select(tag => (string?)tag));
        Assert.Equal(404, (await api.GetAsync($"{Tags}/web")).Status);
    }

    [Fact]
    public async Task An_invalid_name_is_refused_in_the_older_form()
    {
        await using var api = await ApiClient.StartAsync();

        var refused = await api.PostAsync(Tags, """{"name": "a b"}""");

        Assert.Equal(400, refused.Status);
        Assert.Contains("contains invalid characters", (string?)refused.Body!["error"], StringComparison.Ordinal);
        Assert.Single(refused.Body["root_causes"]!.AsArray());
    }
}
