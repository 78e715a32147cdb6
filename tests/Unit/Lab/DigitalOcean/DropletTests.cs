using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Creation, lists and deletion of Droplets.</summary>
public sealed class DropletTests : IDisposable
{
    internal const string All = "/v2/droplets";
    private const string Gpu = "gpu-4000adax1-20gb";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-account-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_droplet_is_new_then_active_with_its_addresses()
    {
        await using var api = await ApiClient.StartAsync();

        var made = await api.PostAsync(All, Request("web-1"));
        var droplet = made.Body!["droplet"]!;
        await api.SettleAsync();
        var read = (await api.GetAsync($"{All}/{droplet["id"]}")).Body!["droplet"]!;
        var action = (await api.GetAsync($"/v2/actions/{made.Body["links"]!["actions"]![0]!["id"]}")).Body!["action"]!;

        Assert.Equal((202, "new", 0), (made.Status, (string?)droplet["status"], droplet["networks"]!["v4"]!.AsArray().Count));
        Assert.Equal("create", (string?)made.Body["links"]!["actions"]![0]!["rel"]);
        Assert.Equal(("active", false), ((string?)read["status"], (bool)read["locked"]!));
        Assert.Equal(["private", "public"], read["networks"]!["v4"]!.AsArray().Select(network => (string?)network!["type"]));
        Assert.Equal(("completed", "create", (long)droplet["id"]!),
            ((string?)action["status"], (string?)action["type"], (long)action["resource_id"]!));
        var server = api.Host.Servers[(string)droplet["id"]!.ToString()];
        Assert.Equal(("web-1", "tor1", "#cloud-config", 2, 4096),
            (server.Name, server.Region, server.UserData, server.Vcpus, server.MemoryMiB));
    }

    [Fact]
    public async Task Without_a_vpc_a_droplet_is_in_the_default_one_of_its_region()
    {
        await using var api = await ApiClient.StartAsync();

        var droplet = await CreateAsync(api, Request("web-1"));

        var vpc = (await api.GetAsync($"/v2/vpcs/{droplet["vpc_uuid"]}")).Body!["vpc"]!;
        var members = (await api.GetAsync($"/v2/vpcs/{vpc["id"]}/members")).Body!["members"]!;
        Assert.True((bool)vpc["default"]!);
        Assert.Equal($"do:droplet:{droplet["id"]}", (string?)members[0]!["urn"]);
        Assert.Equal(409, (await api.PostAsync("/v2/vpcs", """{"name": "default-tor1", "region": "tor1"}""")).Status);
    }

    [Fact]
    public async Task Several_droplets_are_created_by_one_request()
    {
        await using var api = await ApiClient.StartAsync();

        var made = await api.PostAsync(All,
            """
            {"names": ["a-1", "a-2", "a-3"], "region": "tor1", "size": "s-2vcpu-4gb", "image": "debian-13-x64", "tags": null,
             "ssh_keys": null}
            """);

        Assert.Equal((202, 3, 3), (
            made.Status, made.Body!["droplets"]!.AsArray().Count, made.Body["links"]!["actions"]!.AsArray().Count));
        await api.SettleAsync();
        Assert.Equal(["a-1", "a-2", "a-3"], api.Host.Servers.Values.Select(server => server.Name).Order());
    }

    [Theory]
    [InlineData("image", "\"no-such\"", "You specified an invalid image for Droplet creation.")]
    [InlineData("image", "17", "You specified an invalid image for Droplet creation.")]
    [InlineData("size", "\"s-3vcpu-1gb\"", "You specified an invalid size for Droplet creation.")]
    [InlineData("size", "\"gpu-h200x8-1128gb\"", "Size is not available in this region.")]
    [InlineData("size", "\"gpu-mi300x1-192gb\"", "Size is not available in this region.")]
    [InlineData("size", "\"s-1vcpu-512mb-10gb\"", null)]
    [InlineData("region", "\"moon1\"", "You specified an invalid region for Droplet creation.")]
    [InlineData("region", "\"tor\"", null)]
    [InlineData("region", "\"\"", null)]
    [InlineData("name", "\"a b\"", "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)")]
    [InlineData("name", "null", "Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)")]
    [InlineData("ssh_keys", "[1, \"aa:bb\"]", "1, aa:bb are invalid key identifiers for Droplet creation.")]
    [InlineData("vpc_uuid", "\"760e09ef-dc84-11e8-981e-3cfdfeaae000\"", "You specified invalid VPC parameters for Droplet creation.")]
    [InlineData("vpc_uuid", "\"web\"", "The resource you were accessing could not be found.", 404)]
    [InlineData("gpu_partition_mode", "\"half\"",
        "gpu_partition_mode must be one of PARTITION_MODE_SPX_NPS1, PARTITION_MODE_DPX_NPS2")]
    [InlineData("volumes", "[\"x\"]", "volume x not found")]
    [InlineData("volumes", "[{\"id\": \"x\"}]", "volume x not found")]
    [InlineData("tags", "[\"a b\"]", "tag-name \"a b\" contains invalid characters")]
    [InlineData("names", "[]", "names must have between 1 and 10 names")]
    [InlineData("backup_policy", """{"plan": "hourly"}""",
        "invalid backup policy: plan must be daily or weekly, hour one of 0, 4, 8, 12, 16, 20")]
    public async Task A_member_is_refused_with_the_words_of_digitalocean(string member, string value, string? message, int status = 422)
    {
        await using var api = await ApiClient.StartAsync();
        var request = JsonNode.Parse(Request("web-1"))!;
        request[member] = JsonNode.Parse(value);
        var before = api.Account.State;

        var answer = await api.PostAsync(All, request.ToJsonString());

        Assert.Equal((message is null ? 202 : status, message), (answer.Status, answer.Message));
        Assert.Equal(message is not null, ReferenceEquals(before, api.Account.State));
    }

    [Fact]
    public async Task User_data_has_at_most_64_kib()
    {
        await using var api = await ApiClient.StartAsync();

        var fits = await api.PostAsync(All, Request("web-1", userData: new string('a', 65536)));
        var refused = await api.PostAsync(All, Request("web-2", userData: new string('a', 65537)));

        Assert.Equal((202, 422), (fits.Status, refused.Status));
    }

    [Fact]
    public async Task The_limits_of_the_account_are_those_of_gpus_and_droplets()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { GpuLimit = 1, DropletLimit = 2 });

        await CreateAsync(api, Request("gpu-1", Gpu));
        var gpu = await api.PostAsync(All, Request("gpu-2", Gpu));
        await CreateAsync(api, Request("web-1"));
        var basic = await api.PostAsync(All, Request("web-2"));

        Assert.Equal("creating this/these droplet(s) will exceed your GPU limit", gpu.Message);
        Assert.Equal("creating this/these droplet(s) will exceed your droplet limit", basic.Message);
    }

    [Fact]
    public async Task A_list_is_of_droplets_without_gpus_unless_it_asks_otherwise()
    {
        await using var api = await ApiClient.StartAsync();
        await CreateAsync(api, Request("web-1", tags: "web"));
        await CreateAsync(api, Request("gpu-1", Gpu, tags: "web"));

        Assert.Equal(["web-1"], await NamesAsync(api, ""));
        Assert.Equal(["web-1"], await NamesAsync(api, "?type=droplets"));
        Assert.Equal(["gpu-1"], await NamesAsync(api, "?type=gpus"));
        Assert.Equal(["web-1", "gpu-1"], await NamesAsync(api, "?tag_name=WEB"));
        Assert.Equal(["gpu-1"], await NamesAsync(api, "?name=gpu-1"));
        Assert.Equal([], await NamesAsync(api, "?tag_name=other"));
    }

    [Fact]
    public async Task A_gpu_droplet_shows_its_cards_and_disks()
    {
        await using var api = await ApiClient.StartAsync();

        var droplet = await CreateAsync(api, Request("gpu-1", "gpu-h100x8-640gb", image: "gpu-h100x8-base"));

        Assert.Equal((8, "nvidia_h100", 640),
            ((int)droplet["gpu_info"]!["count"]!, (string?)droplet["gpu_info"]!["model"], (int)droplet["gpu_info"]!["vram"]!["amount"]!));
        Assert.Equal(["local", "scratch"], droplet["disk_info"]!.AsArray().Select(disk => (string?)disk!["type"]));
    }

    [Fact]
    public async Task A_deleted_droplet_is_not_found_and_leaves_nothing()
    {
        await using var api = await ApiClient.StartAsync();
        var id = (await CreateAsync(api, Request("web-1", tags: "web")))["id"]!;

        var deleted = await api.DeleteAsync($"{All}/{id}");
        var again = await api.DeleteAsync($"{All}/{id}");
        await api.SettleAsync();

        Assert.Equal(204, deleted.Status);
        Assert.Contains(again.Status, (int[])[204, 404]);
        Assert.Equal(404, (await api.GetAsync($"{All}/{id}")).Status);
        Assert.Equal(404, (await api.DeleteAsync($"{All}/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync($"{All}/{id}/actions")).Status);
        Assert.Equal([], await NamesAsync(api, "?tag_name=web"));
        Assert.Empty(api.Host.Servers);
    }

    [Fact]
    public async Task A_droplet_that_is_new_can_be_deleted_and_never_comes_back()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var id = (await api.PostAsync(All, Request("web-1"))).Body!["droplet"]!["id"]!;

        await api.DeleteAsync($"{All}/{id}");
        await api.SettleAsync();

        Assert.Equal(404, (await api.GetAsync($"{All}/{id}")).Status);
        Assert.Empty(api.Host.Servers);
        Assert.Equal("errored", (string?)(await api.GetAsync("/v2/actions")).Body!["actions"]![0]!["status"]);
    }

    [Fact]
    public async Task A_tag_deletes_its_droplets()
    {
        await using var api = await ApiClient.StartAsync();
        await CreateAsync(api, Request("web-1", tags: "web"));
        await CreateAsync(api, Request("web-2", tags: "web"));
        await CreateAsync(api, Request("db-1", tags: "db"));

        var deleted = await api.DeleteAsync($"{All}?tag_name=web");
        await api.SettleAsync();

        Assert.Equal(204, deleted.Status);
        Assert.Equal(["db-1"], await NamesAsync(api, ""));
    }

    [Fact]
    public async Task With_real_clocks_lists_by_tag_have_a_deleted_droplet_for_a_moment()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var id = (await CreateAsync(api, Request("web-1", tags: "web")))["id"]!;
        await api.DeleteAsync($"{All}/{id}");
        while (api.Account.State.Find<Droplet>(id.ToString()) is not null)
        {
            var next = api.Account.NextChange;
            api.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));
        }

        Assert.Equal(404, (await api.GetAsync($"{All}/{id}")).Status);
        Assert.Equal(["web-1"], await NamesAsync(api, "?tag_name=web"));
        Assert.Equal([], await NamesAsync(api, ""));
        await api.SettleAsync();
        Assert.Equal([], await NamesAsync(api, "?tag_name=web"));
    }

    [Fact]
    public async Task Servers_that_a_kill_took_boot_again_at_the_next_start()
    {
        var path = Path.Combine(_folder, "account.db");
        await using (var api = await ApiClient.StartAsync(path: path))
        {
            await CreateAsync(api, Request("web-1"));
            var off = await CreateAsync(api, Request("web-2"));
            await api.PostAsync($"{All}/{off["id"]}/actions", """{"type": "power_off"}""");
            await api.SettleAsync();
        }

        await using var again = await ApiClient.StartAsync(path: path);
        await again.SettleAsync();

        Assert.Equal(["web-1"], again.Host.Servers.Values.Select(server => server.Name));
    }

    [Fact]
    public async Task A_boot_that_fails_is_an_action_with_an_error()
    {
        await using var api = await ApiClient.StartAsync();
        api.Host.OnStep = (_, _) => throw new InvalidOperationException("the host is full");

        var made = await api.PostAsync(All, Request("web-1"));
        await api.SettleAsync();
        api.Host.OnStep = (_, _) => { };

        var id = made.Body!["droplet"]!["id"]!;
        Assert.Equal("errored", (string?)(await api.GetAsync($"{All}/{id}/actions")).Body!["actions"]![0]!["status"]);
        Assert.Equal("new", (string?)(await api.GetAsync($"{All}/{id}")).Body!["droplet"]!["status"]);
        await api.DeleteAsync($"{All}/{id}");
        await api.SettleAsync();
        Assert.Equal(404, (await api.GetAsync($"{All}/{id}")).Status);
    }

    internal static string Request(
        string name, string size = "s-2vcpu-4gb", string image = "debian-13-x64", string userData = "#cloud-config", string? tags = null) =>
        new JsonObject
        {
            ["name"] = name,
            ["region"] = "tor1",
            ["size"] = size,
            ["image"] = image,
            ["user_data"] = userData,
            ["tags"] = tags is null ? null : new JsonArray([.. tags.Split(' ').Select(tag => (JsonNode)tag)]),
        }.ToJsonString();

    /// <summary>Creates a Droplet and waits until it is active.</summary>
    internal static async Task<JsonNode> CreateAsync(ApiClient api, string request)
    {
        var made = await api.PostAsync(All, request);
        Assert.True(made.Status == 202, made.Message);
        await api.SettleAsync();
        return (await api.GetAsync($"{All}/{made.Body!["droplet"]!["id"]}")).Body!["droplet"]!;
    }

    internal static async Task<IEnumerable<string?>> NamesAsync(ApiClient api, string query) =>
        (await api.GetAsync(All + query)).Body!["droplets"]!.AsArray().Select(droplet => (string?)droplet!["name"]);
}
