using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>What DigitalOcean does with load balancers, and refuses.</summary>
internal static class LoadBalancers
{
    // The specification still says once per hour; the Terraform provider's tests resize a new load balancer since that became a minute
    // (its pull request 937).
    private static readonly TimeSpan s_betweenSizes = TimeSpan.FromMinutes(1);

    public static LoadBalancer Create(AccountChange change, BalancerRequest request)
    {
        var limit = change.Settings.LoadBalancerLimit;
        if (change.All<LoadBalancer>().Count >= limit)
        {
            throw new ApiError(429, "too_many_requests", $"You have reached your load balancer limit, maximum allowed {limit}. "
                + "Please contact support to raise your load balancer limit.");
        }
        var type = BalancerRules.OneOf(request.Type, "type", LoadBalancer.Regional, LoadBalancer.RegionalNetwork, LoadBalancer.Global);
        var region = Region(change, request, type);
        var settings = BalancerRules.Read(change, request, type, region);
        CheckName(change, settings.Name, null);
        var vpc = region is null ? null : InVpc(change, request, region);
        var balancer = new LoadBalancer(
            AccountChange.NewId(), change.Now, type, region, vpc?.Id, vpc is null ? null : Vpcs.TakeAddress(change, vpc), settings)
        {
            Network = BalancerRules.OneOf(request.Network, "network", LoadBalancer.External, LoadBalancer.Internal),
            NetworkStack = BalancerRules.OneOf(request.NetworkStack, "network_stack", "IPV4", "DUALSTACK"),
        };
        if (balancer is { Network: LoadBalancer.Internal, Type: LoadBalancer.Global })
        {
            throw ApiError.Unprocessable("a global load balancer cannot be internal");
        }
        Projects.Projects.Place(change, balancer, request.ProjectId);
        change.Put(StartBalancer.Of(change, balancer));
        return change.Put(balancer);
    }

    /// <summary>Replaces the settings: what is not given is the default again. What cannot change may be given as it is.</summary>
    public static LoadBalancer Update(AccountChange change, string id, BalancerRequest request)
    {
        var before = Ready(change, id);
        CheckSame(request.Type, before.Type, "type");
        CheckSame(request.Region, before.Region, "region");
        CheckSame(request.VpcUuid, before.VpcId, "vpc_uuid");
        CheckSame(request.Network, before.Network, "network");
        CheckSame(request.NetworkStack, before.NetworkStack, "network_stack");
        var settings = BalancerRules.Read(change, request, before.Type, before.Region);
        CheckName(change, settings.Name, before);
        var resized = settings.SizeUnit != before.Settings.SizeUnit;
        if (resized && change.Now - before.ResizedAt < change.Settings.Takes(s_betweenSizes))
        {
            throw ApiError.Unprocessable("Load Balancer can only be resized once every minute, last resized at: "
                + before.ResizedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }
        Projects.Projects.Place(change, before, request.ProjectId);
        return Put(change, before with { Settings = settings, ResizedAt = resized ? change.Now : before.ResizedAt });
    }

    public static void Delete(AccountChange change, string id)
    {
        var balancer = change.Get<LoadBalancer>(id);
        change.Remove(balancer);
        if (balancer.VpcId is not null)
        {
            change.Put(DeletedMember.Of(balancer));
        }
        change.Put(RemoveBalancer.Of(change, balancer));
    }

    public static LoadBalancer AddDroplets(AccountChange change, string id, BalancerRequest request)
    {
        var balancer = WithoutTag(Ready(change, id));
        var ids = balancer.Settings.DropletIds.Union(Required(request.DropletIds)).ToList();
        return Put(change, balancer with
        {
            Settings = balancer.Settings with { DropletIds = BalancerRules.DropletIds(change, ids) },
        });
    }

    public static LoadBalancer RemoveDroplets(AccountChange change, string id, BalancerRequest request)
    {
        var balancer = WithoutTag(Ready(change, id));
        return Put(change, balancer with
        {
            Settings = balancer.Settings with
            {
                DropletIds = [.. balancer.Settings.DropletIds.Except(Required(request.DropletIds))],
            },
        });
    }

    public static LoadBalancer AddRules(AccountChange change, string id, BalancerRequest request)
    {
        var balancer = Ready(change, id);
        var rules = balancer.Settings.ForwardingRules;
        var added = BalancerRules.ForwardingRules(change, request.ForwardingRules, balancer.Type);
        BalancerRules.CheckPorts(rules.Concat(added));
        return Put(change, balancer with { Settings = balancer.Settings with { ForwardingRules = [.. rules, .. added] } });
    }

    public static LoadBalancer RemoveRules(AccountChange change, string id, BalancerRequest request)
    {
        var balancer = Ready(change, id);
        var removed = BalancerRules.ForwardingRules(change, request.ForwardingRules, balancer.Type);
        var rules = balancer.Settings.ForwardingRules.RemoveAll(removed.Contains);
        if (rules.IsEmpty)
        {
            throw ApiError.Unprocessable("forwarding rules must be specified");
        }
        return Put(change, balancer with { Settings = balancer.Settings with { ForwardingRules = rules } });
    }

    /// <summary>Empties the cache of a global load balancer.</summary>
    public static void EmptyCache(AccountState state, string id)
    {
        if (state.Get<LoadBalancer>(id).Type != LoadBalancer.Global)
        {
            throw ApiError.Unprocessable("only a global load balancer has a cache");
        }
    }

    /// <summary>Droplets that get its connections.</summary>
    public static IReadOnlyList<INetworkServer> ServersOf(AccountState state, LoadBalancer balancer) =>
        [.. state.AllOf<INetworkServer>().Where(balancer.Serves)];

    /// <summary>Records that lead to a load balancer with a certificate of Let's Encrypt, for names that have none.</summary>
    public static void EnsureDnsRecords(AccountChange change, LoadBalancer balancer)
    {
        if (balancer is not { Status: LoadBalancer.Active, Address: { } address, Settings.DisableLetsEncryptDnsRecords: false })
        {
            return;
        }
        var names = balancer.Settings.ForwardingRules.Select(rule => change.Find<Certificate>(rule.CertificateId)).OfType<Certificate>()
            .Where(certificate => certificate.Type == Certificate.LetsEncrypt).SelectMany(certificate => certificate.DnsNames).Distinct();
        foreach (var name in names)
        {
            if (DnsAnswers.Of(change.State, name, "A") is { Zone: { } zone, Records.IsEmpty: true })
            {
                Domains.Domains.CreateRecord(change, zone.Name, new("A", $"{name}.", address));
            }
        }
    }

    private static LoadBalancer Put(AccountChange change, LoadBalancer balancer)
    {
        EnsureDnsRecords(change, balancer);
        return change.Put(balancer);
    }

    // Text: digitalocean/openapi 1173.
    private static LoadBalancer Ready(AccountChange change, string id) =>
        change.Get<LoadBalancer>(id) is { Status: not LoadBalancer.New } known ? known
        : throw ApiError.Forbidden("Load Balancer can't be updated while it processes previous actions");

    private static LoadBalancer WithoutTag(LoadBalancer balancer) => balancer.Settings.Tag.Length == 0 ? balancer
        : throw ApiError.Unprocessable("droplets of a load balancer with a tag cannot be added or removed by id");

    private static string? Region(AccountChange change, BalancerRequest request, string type) => (type, request.Region) switch
    {
        (LoadBalancer.Global, null or "") => null,
        (LoadBalancer.Global, _) => throw ApiError.Unprocessable("region must be empty for a global load balancer"),
        (_, null or "") => throw ApiError.Unprocessable("region is required"),
        var (_, region) => CloudRegion.Available.Contains(region) ? region : throw ApiError.Unprocessable("region is invalid"),
    };

    private static Vpc InVpc(AccountChange change, BalancerRequest request, string region) => string.IsNullOrEmpty(request.VpcUuid)
        ? Vpcs.DefaultOf(change, region)
        : change.Find<Vpc>(request.VpcUuid) is { } vpc && vpc.Region == region ? vpc
        : throw ApiError.Unprocessable($"VPC {request.VpcUuid} not found in region {region}");

    private static void CheckName(AccountChange change, string name, LoadBalancer? itself)
    {
        if (change.All<LoadBalancer>().Where(other => other.Id != itself?.Id).Select(other => other.Name)
            .Concat(RemoveBalancer.HeldNames(change)).Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw ApiError.Unprocessable("name is not unique");
        }
    }

    private static void CheckSame(string? given, string? known, string member)
    {
        if (!string.IsNullOrEmpty(given) && !string.Equals(given, known, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiError.Unprocessable($"{member} cannot be changed");
        }
    }

    // Text: digitalocean/droplet_kit 153.
    private static IReadOnlyList<long> Required(IReadOnlyList<long>? ids) => ids is { Count: > 0 } ? ids
        : throw ApiError.Unprocessable("need to provide either a tag or a list of droplets");
}
