namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Projects as the API keeps them.</summary>
public sealed class ProjectTests
{
    private const string Projects = "/v2/projects";

    [Fact]
    public async Task What_no_project_has_belongs_to_the_default_one()
    {
        await using var api = await ApiClient.StartAsync();
        var urn = await UrnAsync(api);
        var made = await api.PostAsync(Projects, """{"name": "mine", "purpose": "vLLM", "environment": "production"}""");
        var id = (string)made.Body!["project"]!["id"]!;

        var before = await api.GetAsync($"{Projects}/default/resources");
        var assigned = await api.PostAsync($"{Projects}/{id}/resources", $$"""{"resources": ["{{urn}}", "do:droplet:1"]}""");
        var again = await api.PostAsync($"{Projects}/{id}/resources", $$"""{"resources": ["{{urn}}"]}""");
        var held = await api.DeleteAsync($"{Projects}/{id}");
        await api.PostAsync($"{Projects}/default/resources", $$"""{"resources": ["{{urn}}"]}""");
        var gone = await api.DeleteAsync($"{Projects}/{id}");
        var vpc = await api.PostAsync($"{Projects}/default/resources", """{"resources": ["do:vpc:5a4981aa"]}""");

        Assert.Equal(("Other: vLLM", "Production"), (
            (string?)made.Body["project"]!["purpose"], (string?)made.Body["project"]!["environment"]));
        Assert.Equal([urn], before.Body!["resources"]!.AsArray().Select(one => (string)one!["urn"]!));
        Assert.Equal(["assigned", "not_found"], assigned.Body!["resources"]!.AsArray().Select(one => (string)one!["status"]!));
        Assert.Equal(400, vpc.Status);
        Assert.StartsWith("resource types must be one of the following: ", vpc.Message, StringComparison.Ordinal);
        Assert.Equal("already_assigned", (string?)again.Body!["resources"]![0]!["status"]);
        Assert.Equal((412, "cannot delete a project with resources", 204), (held.Status, held.Message, gone.Status));
    }

    [Theory]
    [InlineData("POST", "", """{"name": "mine", "purpose": "p"}""", 409)]
    [InlineData("POST", "", """{"purpose": "p"}""", 422)]
    [InlineData("POST", "", """{"name": "x"}""", 422)]
    [InlineData("POST", "", """{"name": "x", "purpose": "p", "environment": "Moon"}""", 422)]
    [InlineData("PUT", "/default", """{"name": "x"}""", 422)]
    [InlineData("POST", "/default/resources", """{"resources": ["droplet"]}""", 422)]
    [InlineData("GET", "/5a4981aa-9653-4bd1-bef5-d6bff52042e4", null, 404)]
    public async Task A_wrong_request_is_refused(string method, string path, string? request, int status)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Projects, """{"name": "mine", "purpose": "p"}""");

        Assert.Equal(status, (await api.SendAsync(method, Projects + path, request)).Status);
    }

    [Fact]
    public async Task Another_project_becomes_the_default_and_stays()
    {
        await using var api = await ApiClient.StartAsync();
        var first = (string)(await api.GetAsync($"{Projects}/default")).Body!["project"]!["id"]!;
        var made = await api.PostAsync(Projects, """{"name": "mine", "purpose": "Service or API"}""");
        var id = (string)made.Body!["project"]!["id"]!;

        await api.SendAsync("PATCH", $"{Projects}/{id}", """{"is_default": true}""");

        Assert.Equal(id, (string?)(await api.GetAsync($"{Projects}/default")).Body!["project"]!["id"]);
        Assert.Equal(412, (await api.DeleteAsync($"{Projects}/{id}")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Projects}/{first}")).Status);
    }

    private static async Task<string> UrnAsync(ApiClient api)
    {
        var made = await api.PostAsync("/v2/volumes", """{"name": "data", "region": "nyc2", "size_gigabytes": 1}""");
        return $"do:volume:{made.Body!["volume"]!["id"]}";
    }
}
