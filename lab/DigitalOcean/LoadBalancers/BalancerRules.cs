using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Planning.Catalog;
using Infra.Planning.Config;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>
/// Reads the settings of requests, and refuses wrong ones. Bounds: digitalocean/openapi 7c1300c4 and terraform-provider-digitalocean
/// 401992a1, resource_loadbalancer.go. Most texts are not the API's.
/// </summary>
internal static partial class BalancerRules
{
    private const int Ports = 65535;
    private const int MostUnits = 200;

    private static readonly string[] s_regionsWithoutUnits = ["ams2", "nyc2", "sfo1"];
    private static readonly string[] s_entries = ["http", "https", "http2", "http3", "tcp", "udp"];
    private static readonly string[] s_targets = ["http", "https", "http2", "tcp", "udp"];
    private static readonly string[] s_networkProtocols = ["tcp", "udp"];
    private static readonly string[] s_checks = ["http", "https", "tcp"];
    private static readonly Dictionary<string, int> s_sizes = new(StringComparer.Ordinal)
    {
        ["lb-small"] = 1,
        ["lb-medium"] = 3,
        ["lb-large"] = 6,
    };

    /// <summary>Whether load balancers of a region have a number of nodes, instead of a size with a name.</summary>
    public static bool HasUnits(string? region) => !s_regionsWithoutUnits.Contains(region, StringComparer.Ordinal);

    /// <summary>The name of a number of nodes; null: it has none.</summary>
    public static string? SizeOf(int units) => s_sizes.FirstOrDefault(size => size.Value == units).Key;

    /// <summary>What a request says, with the API's defaults for what it does not.</summary>
    /// <exception cref="ApiError">422.</exception>
    public static BalancerSettings Read(AccountChange change, BalancerRequest request, string type, string? region)
    {
        if (request.Name is null || !CloudName().IsMatch(request.Name))
        {
            throw ApiError.Unprocessable("name must only contain alphanumeric characters, dashes, and periods");
        }
        var global = type == LoadBalancer.Global;
        return new()
        {
            Name = request.Name,
            SizeUnit = Units(request, region),
            Algorithm = OneOf(request.Algorithm, "algorithm", "round_robin", "least_connections"),
            ForwardingRules = global && request.ForwardingRules is null or [] ? [] : ForwardingRules(change, request.ForwardingRules, type),
            HealthCheck = Check(request.HealthCheck),
            StickySessions = Sticky(request.StickySessions),
            RedirectHttpToHttps = request.RedirectHttpToHttps ?? false,
            EnableProxyProtocol = request.EnableProxyProtocol ?? false,
            EnableBackendKeepalive = request.EnableBackendKeepalive ?? false,
            HttpIdleTimeoutSeconds = Number(request.HttpIdleTimeoutSeconds, 60, "http_idle_timeout_seconds",
                CloudLimits.Current.ShortestHttpIdleSeconds.Value, CloudLimits.Current.LongestHttpIdleSeconds.Value),
            DisableLetsEncryptDnsRecords = request.DisableLetsEncryptDnsRecords ?? false,
            Allow = Callers(request.Firewall?.Allow, "allow"),
            Deny = Callers(request.Firewall?.Deny, "deny"),
            TlsCipherPolicy = OneOf(request.TlsCipherPolicy, "tls_cipher_policy", "DEFAULT", "STRONG"),
            Tag = Tag(request),
            DropletIds = DropletIds(change, request.DropletIds),
            Domains = global ? BalancerDomains(change, request.Domains) : [],
            Global = global ? Global(request.GlbSettings) : null,
            TargetLoadBalancerIds = global ? Targets(change, request.TargetLoadBalancerIds) : [],
        };
    }

    /// <exception cref="ApiError">422.</exception>
    public static ImmutableArray<ForwardingRule> ForwardingRules(
        AccountChange change, IReadOnlyList<ForwardingRuleRequest?>? given, string type)
    {
        ImmutableArray<ForwardingRule> rules = [.. Given.All(given, "forwarding_rules").Select(rule => Rule(change, rule, type))];
        if (rules.IsEmpty)
        {
            throw ApiError.Unprocessable("forwarding rules must be specified");
        }
        CheckPorts(rules);
        return rules;
    }

    /// <exception cref="ApiError">422: two rules listen on one port.</exception>
    public static void CheckPorts(IEnumerable<ForwardingRule> rules)
    {
        var port = rules.GroupBy(rule => (IsUdp: rule.EntryProtocol is "udp" or "http3", rule.EntryPort))
            .FirstOrDefault(group => group.Count() > 1);
        if (port is not null)
        {
            throw ApiError.Unprocessable(
                string.Create(CultureInfo.InvariantCulture, $"entry port {port.Key.EntryPort} is used more than once"));
        }
    }

    /// <summary>Ids of Droplets that exist.</summary>
    /// <exception cref="ApiError">422.</exception>
    public static ImmutableArray<long> DropletIds(AccountChange change, IReadOnlyList<long>? given)
    {
        var ids = Given.Distinct(given);
        var most = CloudLimits.Current.DropletsById.Value;
        if (ids.Length > most)
        {
            throw ApiError.Unprocessable($"a load balancer may have no more than {most} droplets by id");
        }
        var known = change.State.AllOf<INetworkServer>().Select(server => server.Id).ToHashSet();
        return ids.Where(id => !known.Contains(id)).Select(id => (long?)id).FirstOrDefault() is { } unknown
            ? throw ApiError.Unprocessable(string.Create(CultureInfo.InvariantCulture, $"droplet {unknown} does not exist"))
            : ids;
    }

    /// <summary>One of these words, in any case; the first if none is given.</summary>
    /// <exception cref="ApiError">422.</exception>
    public static string OneOf(string? given, string member, params string[] allowed) => string.IsNullOrEmpty(given) ? allowed[0]
        : allowed.FirstOrDefault(word => string.Equals(word, given, StringComparison.OrdinalIgnoreCase))
            ?? throw ApiError.Unprocessable($"{member} must be one of {string.Join(", ", allowed)}");

    private static int Units(BalancerRequest request, string? region)
    {
        if (request.SizeUnit is not null && !HasUnits(region))
        {
            throw ApiError.Unprocessable($"size_unit is not available in region {region}");
        }
        if (string.IsNullOrEmpty(request.Size))
        {
            return Number(request.SizeUnit, 1, "size_unit", 1, MostUnits);
        }
        if (!s_sizes.TryGetValue(request.Size, out var units))
        {
            throw ApiError.Unprocessable($"size must be one of {string.Join(", ", s_sizes.Keys)}");
        }
        // Answers have both, and godo's AsRequest sends back what was answered.
        return request.SizeUnit is null || request.SizeUnit == units ? units
            : throw ApiError.Unprocessable("only one of size and size_unit may be specified");
    }

    private static string Tag(BalancerRequest request)
    {
        if (string.IsNullOrEmpty(request.Tag))
        {
            return "";
        }
        return request.DropletIds is { Count: > 0 } ? throw ApiError.Unprocessable("droplet_ids and tag are mutually exclusive")
            : TagName().IsMatch(request.Tag) ? request.Tag
            : throw ApiError.Unprocessable("tag is not a valid name of a tag");
    }

    private static ForwardingRule Rule(AccountChange change, ForwardingRuleRequest given, string type)
    {
        var isNetwork = type == LoadBalancer.RegionalNetwork;
        var rule = new ForwardingRule(
            Protocol(given.EntryProtocol, "entry_protocol", isNetwork ? s_networkProtocols : s_entries),
            Number(given.EntryPort, null, "entry_port", 1, Ports),
            Protocol(given.TargetProtocol, "target_protocol", isNetwork ? s_networkProtocols : s_targets),
            Number(given.TargetPort, null, "target_port", 1, Ports), given.CertificateId ?? "", given.TlsPassthrough ?? false);
        if ((rule.EntryProtocol == "udp") != (rule.TargetProtocol == "udp"))
        {
            throw ApiError.Unprocessable("entry_protocol and target_protocol must both be udp");
        }
        if (rule is { TlsPassthrough: true, CertificateId: not "" })
        {
            throw ApiError.Unprocessable("certificate_id and tls_passthrough are mutually exclusive");
        }
        if (rule is { EntryProtocol: "https" or "http2" or "http3", TlsPassthrough: false, CertificateId: "" })
        {
            throw ApiError.Unprocessable("certificate_id or tls_passthrough must be given for https");
        }
        CheckCertificate(change, rule.CertificateId);
        return rule;
    }

    private static string Protocol(string? given, string member, string[] allowed) => string.IsNullOrEmpty(given)
        ? throw ApiError.Unprocessable($"{member} is required") : OneOf(given, member, allowed);

    private static void CheckCertificate(AccountChange change, string id)
    {
        if (id.Length == 0)
        {
            return;
        }
        if (change.Find<Certificate>(id) is not { } certificate)
        {
            throw ApiError.Unprocessable($"certificate {id} not found");
        }
        if (certificate.State != Certificate.Verified)
        {
            throw ApiError.Unprocessable($"certificate {id} is not verified");
        }
    }

    // Defaults as in the specification's examples: its schema has the two thresholds the other way around.
    private static HealthCheck Check(HealthCheckRequest? given)
    {
        var protocol = OneOf(given?.Protocol, "health_check.protocol", s_checks);
        var path = protocol == "tcp" ? "" : string.IsNullOrEmpty(given?.Path) ? "/" : given.Path;
        if (path.Length > 0 && (path[0] != '/' || path.Any(letter => letter is <= ' ' or > '~')))
        {
            throw ApiError.Unprocessable("health_check.path must begin with a slash");
        }
        return new(
            protocol,
            Number(given?.Port, 80, "health_check.port", 1, Ports),
            path,
            Number(given?.CheckIntervalSeconds, 10, "health_check.check_interval_seconds", 3, 300),
            Number(given?.ResponseTimeoutSeconds, 5, "health_check.response_timeout_seconds", 3, 300),
            Number(given?.HealthyThreshold, 5, "health_check.healthy_threshold", 2, 10),
            Number(given?.UnhealthyThreshold, 3, "health_check.unhealthy_threshold", 2, 10))
        {
            ProxyProtocol = given?.ProxyProtocol,
        };
    }

    private static StickySessions Sticky(StickySessionsRequest? given)
    {
        if (OneOf(given?.Type, "sticky_sessions.type", "none", "cookies") is "none")
        {
            return new("none", null, null);
        }
        return given!.CookieName is { Length: >= 2 and <= 40 } name && CookieName().IsMatch(name)
            ? new("cookies", name, Number(given.CookieTtlSeconds, null, "sticky_sessions.cookie_ttl_seconds", 1, int.MaxValue))
            : throw ApiError.Unprocessable("sticky_sessions.cookie_name must have between 2 and 40 characters");
    }

    private static ImmutableArray<string> Callers(IReadOnlyList<string?>? given, string list)
    {
        var entries = Given.Distinct(given, $"firewall.{list}");
        var most = CloudLimits.Current.LoadBalancerAllowEntries.Value;
        return entries.Length > most ? throw ApiError.Unprocessable($"no more than {most} {list} rules")
            : entries.FirstOrDefault(entry => !IsCaller(entry)) is { } wrong
                ? throw ApiError.Unprocessable($"firewall rule {wrong} must be ip:ADDRESS or cidr:RANGE")
            : entries;
    }

    private static bool IsCaller(string entry) => entry.Split(':', 2) is [var kind, var value] && kind switch
    {
        "ip" => IPAddress.TryParse(value, out _) && Cidr.Meant(value) is not null && !value.Contains('/', StringComparison.Ordinal),
        "cidr" => value.Contains('/', StringComparison.Ordinal) && Cidr.Meant(value) is not null,
        _ => false,
    };

    private static ImmutableArray<BalancerDomain> BalancerDomains(AccountChange change, IReadOnlyList<BalancerDomainRequest?>? given) =>
    [
        .. Given.All(given, "domains").Select(domain =>
        {
            CheckCertificate(change, domain.CertificateId ?? "");
            return string.IsNullOrEmpty(domain.Name) ? throw ApiError.Unprocessable("domains.name is required")
                : domain.IsManaged == true && Domains.Domains.ZoneOf(change.State, domain.Name) is null
                    ? throw ApiError.Unprocessable($"domain {domain.Name} is not managed by DigitalOcean")
                : new BalancerDomain(domain.Name, domain.IsManaged ?? false, domain.CertificateId ?? "");
        }),
    ];

    private static GlobalSettings Global(GlobalSettingsRequest? given)
    {
        if (given is null)
        {
            throw ApiError.Unprocessable("glb_settings are required for a global load balancer");
        }
        return new(
            OneOf(given.TargetProtocol, "glb_settings.target_protocol", "http", "https", "http2"),
            Number(given.TargetPort, 80, "glb_settings.target_port", 1, Ports),
            given.Cdn?.IsEnabled ?? false,
            (given.RegionPriorities ?? []).ToImmutableDictionary(StringComparer.Ordinal),
            Number(given.FailoverThreshold, 0, "glb_settings.failover_threshold", 0, 99));
    }

    private static ImmutableArray<string> Targets(AccountChange change, IReadOnlyList<string?>? given)
    {
        var ids = Given.Distinct(given, "target_load_balancer_ids");
        return ids.FirstOrDefault(id => change.Find<LoadBalancer>(id) is null or { Type: LoadBalancer.Global }) is { } unknown
            ? throw ApiError.Unprocessable($"load balancer {unknown} is no target of a global load balancer")
            : ids;
    }

    private static int Number(int? given, int? byDefault, string member, int least, int most) => (given ?? byDefault) switch
    {
        null => throw ApiError.Unprocessable($"{member} is required"),
        { } number when given is not null && (number < least || number > most) => throw ApiError.Unprocessable(
            string.Create(CultureInfo.InvariantCulture, $"{member} must be between {least} and {most}")),
        { } number => number,
    };

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9.-]{0,254}\z")]
    private static partial Regex CloudName();

    [GeneratedRegex(@"^[a-zA-Z0-9:\-_]{1,255}\z")]
    private static partial Regex TagName();

    [GeneratedRegex(@"^[a-zA-Z0-9_.-]+\z")]
    private static partial Regex CookieName();
}
