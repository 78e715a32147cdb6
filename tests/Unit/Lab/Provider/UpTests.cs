using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;

namespace Infra.Tests.Unit.Lab.Provider;

[Collection(Deployments.SerialDeployments.Name)]
public sealed class UpTests : IDisposable
{
    private readonly Account _account = new() { GpuLimit = 64 };

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData("local", 2, 1)]
    [InlineData("cluster", 4, 2)]
    [InlineData("prod", 2, 1)]
    public async Task Up_creates_what_the_program_declares_and_a_second_one_changes_nothing(string stack, int servers, int balancers)
    {
        var plan = Account.Plan(stack);
        var first = (await _account.UpAsync(plan)).Succeeded();
        Assert.Equal(new CloudSummary(first.Resources.Count, 0, 0, 0, 0), first.Summary);
        Assert.Equal((servers, balancers), (_account.Runtime.Servers.Count, _account.Runtime.Balancers.Count));
        Assert.All(first.Resources, resource => Assert.Equal(ResourceStatus.Ok, resource.Status));

        var calls = _account.Runtime.Calls.Count;
        var second = (await _account.UpAsync(plan)).Succeeded();
        Assert.Equal(new CloudSummary(0, 0, 0, 0, first.Resources.Count), second.Summary);
        Assert.All(_account.Runtime.Calls.Skip(calls),
            call => Assert.True(call is "policy" || call.StartsWith("balance ", StringComparison.Ordinal), call));
        Assert.Equal(first.Outputs.Keys, second.Outputs.Keys);
    }

    [Fact]
    public async Task Another_context_length_reaches_the_nodes_and_replaces_none_of_them()
    {
        await _account.UpAsync(Account.Plan("local"));
        var servers = _account.Runtime.Servers.Keys.Order().ToList();
        var run = (await _account.UpAsync(Changed("contextLength", "8192"))).Succeeded();
        Assert.Equal(servers, _account.Runtime.Servers.Keys.Order());
        Assert.Equal(["chat-0-settings", "chat-1-settings"], Done(Operation.Update));
        Assert.Equal(["chat-0-ready", "chat-1-ready"], Done(Operation.Replace));
        Assert.Equal((0, 2, 2, 0), (run.Summary.Created, run.Summary.Updated, run.Summary.Replaced, run.Summary.Deleted));
    }

    [Fact]
    public async Task Another_size_replaces_the_Droplets_and_what_hangs_on_them_and_they_boot_from_the_new_user_data()
    {
        await _account.UpAsync(Account.Plan("local"));
        var before = _account.Runtime.Servers;
        var old = before.Values.ToDictionary(server => server.Name, server => server);
        var run = (await _account.UpAsync(Changed("size", "gpu-6000adax1-48gb"))).Succeeded();
        Assert.Equal(0, run.Summary.Created + run.Summary.Deleted);
        string[] each = ["", "-host-key", "-one-use", "-operators", "-ready", "-secrets", "-settings"];
        Assert.Superset(each.SelectMany(suffix => new[] { $"chat-0{suffix}", $"chat-1{suffix}" }).ToHashSet(),
            Done(Operation.Replace).ToHashSet());
        Assert.Equal(2, _account.Runtime.Servers.Count);
        Assert.All(_account.Runtime.Servers.Values, server =>
        {
            Assert.Equal("gpu-6000adax1-48gb", server.SizeSlug);
            Assert.NotEqual(old[server.Name].Id, server.Id);
            Assert.NotEqual(old[server.Name].UserData, server.UserData);
        });
        // The host key that clients know stays.
        Assert.DoesNotContain("chat-0-host", Done(Operation.Replace));
        Assert.Equal(0, (await _account.UpAsync(Changed("size", "gpu-6000adax1-48gb"))).Summary.Changes);
    }

    [Fact]
    public async Task A_removed_endpoint_is_deleted_newest_resource_first()
    {
        var all = await _account.UpAsync(Account.Plan("cluster"));
        var config = Account.Plan("cluster", ("inference:endpoints", """{"chat":{"model":"mistralai/Ministral-3-8B-Instruct-2512","replicas":2,"access":"internal","clients":["backend","batch"]}}"""));
        var run = (await _account.UpAsync(config)).Succeeded();
        var deleted = Done(Operation.Delete);
        Assert.Equal((0, 0, 0, deleted.Count), (run.Summary.Created, run.Summary.Updated, run.Summary.Replaced, run.Summary.Deleted));
        Assert.DoesNotContain(deleted, name => name.StartsWith("chat", StringComparison.Ordinal));
        var orders = _account.Events.Where(reported => reported is { Operation: Operation.Delete, Phase: Phase.Finished })
            .Select(reported => all.Only(reported.Type, reported.Name).Order).ToList();
        Assert.Equal(orders.OrderDescending(), orders);
        Assert.Equal(2, _account.Runtime.Servers.Count);
        Assert.Single(_account.Runtime.Balancers);
    }

    [Fact]
    public async Task A_server_that_is_lost_is_recreated_with_all_its_settings()
    {
        var first = await _account.UpAsync(Account.Plan("local"));
        _account.Runtime.Servers.TryRemove(first.Only(Types.Droplet, "chat-1").Id!, out _);
        var run = (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Equal(2, _account.Runtime.Servers.Count);
        Assert.Contains("chat-1-secrets", Done(Operation.Replace));
        Assert.DoesNotContain(Done(Operation.Replace), name => name.StartsWith("chat-0", StringComparison.Ordinal));
        Assert.Equal(first.Resources.Count, run.Resources.Count);
        Assert.Equal(2, Assert.Single(_account.Runtime.Balancers.Values).Backends.Count);
    }

    [Fact]
    public async Task Down_leaves_nothing()
    {
        await _account.UpAsync(Account.Plan("cluster", ("inference:endpoints",
            """{"chat":{"model":"mistralai/Ministral-3-8B-Instruct-2512","access":"internal","cacheVolumeGiB":100}}""")));
        Assert.Single(_account.Runtime.Volumes);
        var run = (await _account.DownAsync()).Succeeded();
        Assert.Empty(run.Resources);
        Assert.Empty(_account.Runtime.Servers);
        Assert.Empty(_account.Runtime.Volumes);
        Assert.Empty(_account.Runtime.Balancers);
        Assert.Empty(_account.Runtime.Policy.Servers);
        Assert.Empty(_account.Runtime.Policy.Balancers);
    }

    [Fact]
    public async Task A_command_that_fails_is_reported_as_by_the_provider_and_the_next_run_goes_on_from_there()
    {
        _account.Runtime.Answer = request =>
            request.Command.Contains("await-ready", StringComparison.Ordinal) ? new(3, "some\n", "no GPU\n") : new(0, "", "");
        var run = await _account.UpAsync(Account.Plan("local"));
        Assert.NotNull(run.Thrown);
        Assert.All(run.Failures, failure =>
        {
            Assert.EndsWith("-ready", failure.Name, StringComparison.Ordinal);
            Assert.StartsWith("Process exited with status 3: running \"sudo -n /usr/local/libexec/inference/await-ready ", failure.Message,
                StringComparison.Ordinal);
            Assert.EndsWith("\":\nsome\nno GPU\n", failure.Message, StringComparison.Ordinal);
        });
        _account.Runtime.Answer = _ => new(0, "{}\n", "");
        run = (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        // The two gates, and what had not begun because of them; what was there is not made again.
        var created = _account.Events.Where(reported => reported is { Operation: Operation.Create, Phase: Phase.Finished })
            .Select(reported => (reported.Type, reported.Name)).ToList();
        Assert.Equal(created.Distinct(), created);
        Assert.Contains((Types.Command, "chat-0-ready"), created[^run.Summary.Created..]);
        Assert.Contains((Types.Command, "chat-1-ready"), created[^run.Summary.Created..]);
        Assert.Equal("{}", run.Only(Types.Command, "chat-0-ready").Outputs["stdout"]);
    }

    private static Infra.Planning.Plan.StackPlan Changed(string key, string value)
    {
        var endpoints = System.Text.Json.Nodes.JsonNode.Parse(Deployments.StackFiles.Config("local")["inference:endpoints"])!;
        endpoints["chat"]![key] = int.TryParse(value, out var number) ? number : value;
        return Account.Plan("local", ("inference:endpoints", endpoints.ToJsonString()));
    }

    private List<string> Done(Operation operation) =>
        [.. _account.Events.Where(reported => reported.Operation == operation && reported.Phase == Phase.Finished)
            .Select(reported => reported.Name)
            .Order(StringComparer.Ordinal)];
}
