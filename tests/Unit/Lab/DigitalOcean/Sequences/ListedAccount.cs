using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Sequences;

/// <summary>What the lists of an account show, and what its machine has, in the lines of <see cref="ModelAccount.Lines"/>.</summary>
internal static class ListedAccount
{
    public static async Task<IReadOnlyList<string>> LinesAsync(ApiClient api)
    {
        var droplets = await ListAsync(api, "/v2/droplets", "droplets");
        var vpcs = await ListAsync(api, "/v2/vpcs", "vpcs");
        var members = new List<JsonNode>();
        foreach (var vpc in vpcs)
        {
            members.AddRange(await ListAsync(api, $"/v2/vpcs/{vpc["id"]}/members", "members"));
        }
        return
        [
            .. droplets.Select(droplet => $"droplet {droplet["id"]} {droplet["name"]} {droplet["status"]} "
                + $"[{string.Join(' ', Texts(droplet["tags"]).Order(StringComparer.Ordinal))}] "
                + $"[{ModelAccount.Ids(Texts(droplet["volume_ids"]))}]"),
            .. (await ListAsync(api, "/v2/volumes", "volumes")).OrderBy(Id, StringComparer.Ordinal)
                .Select(volume => $"volume {volume["id"]} [{string.Join(' ', Texts(volume["droplet_ids"]))}]"),
            .. (await ListAsync(api, "/v2/firewalls", "firewalls")).OrderBy(Id, StringComparer.Ordinal).Select(firewall =>
                $"firewall {firewall["id"]} [{Numbers(firewall["droplet_ids"])}] [{string.Join(' ', Texts(firewall["tags"]))}]"),
            .. (await ListAsync(api, "/v2/load_balancers", "load_balancers")).OrderBy(Id, StringComparer.Ordinal).Select(balancer =>
                $"balancer {balancer["id"]} [{Numbers(balancer["droplet_ids"])}] [{balancer["tag"]}]"),
            .. (await ListAsync(api, "/v2/tags", "tags")).OrderBy(tag => (string)tag["name"]!, StringComparer.Ordinal)
                .Select(tag => $"tag {tag["name"]} {tag["resources"]!["droplets"]!["count"]}"),
            .. (await ListAsync(api, "/v2/snapshots", "snapshots")).Select(Id).Order(StringComparer.Ordinal).Select(id => $"snapshot {id}"),
            .. (await ListAsync(api, "/v2/domains", "domains")).Select(domain => (string)domain["name"]!).Order(StringComparer.Ordinal)
                .Select(name => $"domain {name}"),
            .. members.Select(member => $"member {member["urn"]}").Order(StringComparer.Ordinal),
            .. (await ListAsync(api, "/v2/projects/default/resources", "resources"))
                .Select(resource => (string)resource["urn"]!).Where(urn => !urn.StartsWith("do:vpc:", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(urn => $"of the project {urn}"),
            .. api.Host.Servers.Keys.Order(StringComparer.Ordinal).Select(id => $"server {id}"),
            .. api.Host.Volumes.Keys.Order(StringComparer.Ordinal).Select(id => $"disk {id}"),
            .. api.Host.Snapshots.Keys.Order(StringComparer.Ordinal).Select(id => $"copy {id}"),
            .. api.Host.Policy.Servers.OrderBy(server => server.ServerId, StringComparer.Ordinal)
                .Select(server => $"policy {server.ServerId} {(server.Guarded ? "guarded" : "open")}"),
        ];
    }

    /// <summary>Actions that never ended, and states between two others.</summary>
    public static IReadOnlyList<string> Unfinished(ApiClient api) =>
    [
        .. api.Account.State.All<AccountAction>().Where(action => action.Status == AccountAction.InProgress)
            .Select(action => $"action {action.Type} of {action.Subject}"),
        .. api.Account.State.All<Droplet>().Where(droplet => droplet.HasPendingEvent || droplet.Problem is not null)
            .Select(droplet => $"droplet {droplet.Id}: {droplet.Pending?.Type} {droplet.Problem}"),
    ];

    /// <summary>The model that the lists show: for requests at once, whose order is not known.</summary>
    public static async Task<ModelAccount> ReadAsync(ApiClient api)
    {
        var model = new ModelAccount();
        foreach (var droplet in await ListAsync(api, "/v2/droplets", "droplets"))
        {
            model.Droplets[(long)droplet["id"]!] = new((string)droplet["name"]!, (string?)droplet["status"] == "active",
                [.. Texts(droplet["tags"])]);
        }
        foreach (var volume in await ListAsync(api, "/v2/volumes", "volumes"))
        {
            model.Volumes[Id(volume)] = volume["droplet_ids"]!.AsArray() is [{ } holder] ? (long)holder : null;
        }
        foreach (var firewall in await ListAsync(api, "/v2/firewalls", "firewalls"))
        {
            model.Firewalls[Id(firewall)] = new(Existing(firewall), Texts(firewall["tags"]).SingleOrDefault());
        }
        foreach (var balancer in await ListAsync(api, "/v2/load_balancers", "load_balancers"))
        {
            model.Balancers[Id(balancer)] = new(Existing(balancer), (string?)balancer["tag"] is { Length: > 0 } tag ? tag : null);
        }
        model.Tags.UnionWith((await ListAsync(api, "/v2/tags", "tags")).Select(tag => (string)tag["name"]!));
        foreach (var snapshot in await ListAsync(api, "/v2/snapshots", "snapshots"))
        {
            ((string?)snapshot["resource_type"] == "droplet" ? model.Images : model.Copies).Add(Id(snapshot));
        }
        model.Domains.UnionWith((await ListAsync(api, "/v2/domains", "domains")).Select(domain => (string)domain["name"]!));
        return model;

        // One that is gone must not be named: the lines then differ.
        ImmutableSortedSet<long> Existing(JsonNode group) =>
            [.. group["droplet_ids"]!.AsArray().Select(id => (long)id!).Where(model.Droplets.ContainsKey)];
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(ApiClient api, string path, string member)
    {
        var answer = await api.GetAsync($"{path}?per_page=200");
        Assert.Equal(200, answer.Status);
        return [.. answer.Body![member]!.AsArray().Select(one => one!)];
    }

    private static string Id(JsonNode node) => node["id"]!.ToString();

    private static IEnumerable<string> Texts(JsonNode? list) => list?.AsArray().Select(one => one!.ToString()) ?? [];

    private static string Numbers(JsonNode? list) => ModelAccount.Ids(list?.AsArray().Select(one => (long)one!) ?? []);
}
