using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Planning.Catalog;

namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>What DigitalOcean does with Cloud Firewalls, and refuses.</summary>
internal static partial class Firewalls
{
    private static readonly int s_mostRules = CloudLimits.Current.FirewallRules.Value;
    private static readonly int s_mostTags = CloudLimits.Current.FirewallTags.Value;
    private static readonly int s_mostDroplets = CloudLimits.Current.DropletsById.Value;

    public static Firewall Create(AccountChange change, FirewallRequest request) =>
        Set(change, new(AccountChange.NewId(), "", change.Now, [], [], [], [], Firewall.Waiting, []), request);

    /// <summary>Replaces all of it: what is not given is emptied.</summary>
    public static Firewall Update(AccountChange change, string id, FirewallRequest request) =>
        Set(change, change.Get<Firewall>(id), request);

    public static void Delete(AccountChange change, string id) => change.Remove(change.Get<Firewall>(id));

    public static Firewall AddDroplets(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        var added = Given.Distinct(Required(request.DropletIds, "droplet_ids"));
        FirewallRules.CheckDroplets(change, added);
        return Put(change, firewall, firewall with { DropletIds = [.. firewall.DropletIds.Union(added)] });
    }

    public static Firewall RemoveDroplets(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        return Put(change, firewall, firewall with
        {
            DropletIds = [.. firewall.DropletIds.Except(Required(request.DropletIds, "droplet_ids"))],
        });
    }

    public static Firewall AddTags(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        var added = Given.Distinct(Required(request.Tags, "tags"), "tags", StringComparer.OrdinalIgnoreCase);
        FirewallRules.CheckTags(change, added);
        return Put(change, firewall, firewall with { Tags = [.. firewall.Tags.Union(added, StringComparer.OrdinalIgnoreCase)] });
    }

    public static Firewall RemoveTags(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        var removed = Given.Distinct(Required(request.Tags, "tags"), "tags");
        return Put(change, firewall, firewall with { Tags = [.. firewall.Tags.Except(removed, StringComparer.OrdinalIgnoreCase)] });
    }

    public static Firewall AddRules(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        CheckHasRules(request);
        return Put(change, firewall, firewall with
        {
            InboundRules = [.. Union(firewall.InboundRules, FirewallRules.Inbound(change, request.InboundRules))],
            OutboundRules = [.. Union(firewall.OutboundRules, FirewallRules.Outbound(change, request.OutboundRules))],
        });
    }

    public static Firewall RemoveRules(AccountChange change, string id, FirewallRequest request)
    {
        var firewall = change.Get<Firewall>(id);
        CheckHasRules(request);
        return Put(change, firewall, firewall with
        {
            InboundRules = [.. Except(firewall.InboundRules, FirewallRules.Inbound(change, request.InboundRules))],
            OutboundRules = [.. Except(firewall.OutboundRules, FirewallRules.Outbound(change, request.OutboundRules))],
        });
    }

    /// <summary>Firewalls that guard a Droplet.</summary>
    /// <exception cref="ApiError">404: there is no such Droplet.</exception>
    public static IReadOnlyList<Firewall> Of(AccountState state, long droplet)
    {
        var server = state.AllOf<INetworkServer>().FirstOrDefault(server => server.Id == droplet) ?? throw ApiError.NotFound();
        return [.. state.All<Firewall>().Where(firewall => firewall.Guards(server))];
    }

    private static Firewall Set(AccountChange change, Firewall before, FirewallRequest request)
    {
        if (request.Name is null || !CloudName().IsMatch(request.Name))
        {
            throw ApiError.Unprocessable("name must only contain alphanumeric characters, dashes, and periods");
        }
        if (change.All<Firewall>().Any(other => other.Id != before.Id && other.Name == request.Name))
        {
            throw ApiError.Conflict("duplicate name");
        }
        var firewall = before with
        {
            Name = request.Name,
            InboundRules = FirewallRules.Inbound(change, request.InboundRules),
            OutboundRules = FirewallRules.Outbound(change, request.OutboundRules),
            DropletIds = Given.Distinct(request.DropletIds),
            Tags = Given.Distinct(request.Tags, "tags", StringComparer.OrdinalIgnoreCase),
        };
        FirewallRules.CheckTags(change, firewall.Tags);
        FirewallRules.CheckDroplets(change, firewall.DropletIds);
        return Put(change, before, firewall);
    }

    private static Firewall Put(AccountChange change, Firewall before, Firewall after)
    {
        switch (after.InboundRules.Length + after.OutboundRules.Length)
        {
            case 0:
                throw ApiError.Unprocessable("at least one rule must be specified");
            case var count when count > s_mostRules:
                throw ApiError.Unprocessable($"a firewall may have no more than {s_mostRules} rules");
        }
        if (after.Tags.Length > s_mostTags || after.DropletIds.Length > s_mostDroplets)
        {
            throw ApiError.Unprocessable($"a firewall may have no more than {s_mostTags} tags and {s_mostDroplets} droplets");
        }
        change.Put(FirewallWork.Of(change, after.Id));
        return change.Put(after with
        {
            Status = Firewall.Waiting,
            PendingChanges = [.. change.State.AllOf<INetworkServer>().Where(server => before.Guards(server) || after.Guards(server))
                .Select(server => new PendingChange(server.Id, !after.Guards(server), Firewall.Waiting))],
        });
    }

    private static IEnumerable<FirewallRule> Union(IReadOnlyList<FirewallRule> rules, IReadOnlyList<FirewallRule> added) =>
        rules.Concat(added.Where(rule => !rules.Any(rule.IsSame)));

    private static IEnumerable<FirewallRule> Except(IEnumerable<FirewallRule> rules, IReadOnlyList<FirewallRule> removed) =>
        rules.Where(rule => !removed.Any(rule.IsSame));

    private static IReadOnlyList<T> Required<T>(IReadOnlyList<T>? items, string name) =>
        items is { Count: > 0 } ? items : throw ApiError.Unprocessable($"{name} must not be empty");

    private static void CheckHasRules(FirewallRequest request)
    {
        if (request.InboundRules is null or [] && request.OutboundRules is null or [])
        {
            throw ApiError.Unprocessable("at least one rule must be specified");
        }
    }

    // Specification 2.0, schema firewall.
    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9.-]+\z")]
    private static partial Regex CloudName();
}
