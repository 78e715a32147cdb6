using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>A load balancer as the API shows it. What it does not have is left out.</summary>
internal static class BalancerView
{
    public static IReadOnlyDictionary<string, object> Of(AccountSettings account, AccountState state, LoadBalancer balancer)
    {
        var settings = balancer.Settings;
        var view = new Dictionary<string, object>
        {
            ["id"] = balancer.Id,
            ["name"] = balancer.Name,
            ["ip"] = balancer.Status == LoadBalancer.Active ? balancer.Address ?? "" : "",
            ["algorithm"] = settings.Algorithm,
            ["status"] = balancer.Status,
            ["created_at"] = balancer.CreatedAt,
            ["type"] = balancer.Type,
            ["forwarding_rules"] = settings.ForwardingRules,
            ["health_check"] = Check(settings.HealthCheck),
            ["sticky_sessions"] = Sticky(settings.StickySessions),
            ["redirect_http_to_https"] = settings.RedirectHttpToHttps,
            ["enable_proxy_protocol"] = settings.EnableProxyProtocol,
            ["enable_backend_keepalive"] = settings.EnableBackendKeepalive,
            ["disable_lets_encrypt_dns_records"] = settings.DisableLetsEncryptDnsRecords,
            ["project_id"] = Projects.Projects.IdOf(state, balancer),
            ["http_idle_timeout_seconds"] = settings.HttpIdleTimeoutSeconds,
            ["firewall"] = new { settings.Deny, settings.Allow },
            ["network_stack"] = balancer.NetworkStack,
            ["tls_cipher_policy"] = settings.TlsCipherPolicy,
            ["tag"] = settings.Tag,
            ["droplet_ids"] = LoadBalancers.ServersOf(state, balancer).Select(server => server.Id),
        };
        // A global one is in no network (the provider's TestAccDataSourceDigitalOceanGlobalLoadBalancer).
        Add(view, "network", balancer.Type == LoadBalancer.Global ? null : balancer.Network);
        Add(view, "size", BalancerRules.SizeOf(settings.SizeUnit));
        Add(view, "size_unit", BalancerRules.HasUnits(balancer.Region) ? settings.SizeUnit : null);
        Add(view, "vpc_uuid", balancer.VpcId);
        Add(view, "region", balancer.Region is { } region ? CloudRegion.View(account, region) : null);
        if (settings.Global is { } global)
        {
            view["domains"] = settings.Domains;
            view["glb_settings"] = new
            {
                global.TargetProtocol,
                global.TargetPort,
                Cdn = new { IsEnabled = global.IsCdnEnabled },
                global.RegionPriorities,
                global.FailoverThreshold,
            };
            view["target_load_balancer_ids"] = settings.TargetLoadBalancerIds;
        }
        return view;
    }

    private static Dictionary<string, object> Check(HealthCheck check)
    {
        var view = new Dictionary<string, object>
        {
            ["protocol"] = check.Protocol,
            ["port"] = check.Port,
            ["path"] = check.Path,
            ["check_interval_seconds"] = check.CheckIntervalSeconds,
            ["response_timeout_seconds"] = check.ResponseTimeoutSeconds,
            ["healthy_threshold"] = check.HealthyThreshold,
            ["unhealthy_threshold"] = check.UnhealthyThreshold,
        };
        Add(view, "proxy_protocol", check.ProxyProtocol);
        return view;
    }

    private static Dictionary<string, object> Sticky(StickySessions sticky)
    {
        var view = new Dictionary<string, object> { ["type"] = sticky.Type };
        Add(view, "cookie_name", sticky.CookieName);
        Add(view, "cookie_ttl_seconds", sticky.CookieTtlSeconds);
        return view;
    }

    private static void Add(Dictionary<string, object> view, string name, object? value)
    {
        if (value is not null)
        {
            view[name] = value;
        }
    }
}
