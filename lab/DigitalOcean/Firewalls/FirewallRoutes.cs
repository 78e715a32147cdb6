using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Firewalls;

/// <summary>Cloud Firewalls over HTTP.</summary>
internal static class FirewallRoutes
{
    private const string All = "/v2/firewalls";
    private const string One = "/v2/firewalls/{firewall_id}";
    private const string Id = "firewall_id";
    private const string Read = "firewall:read";
    private const string Change = "firewall:update";

    public static IEnumerable<ApiRoute> Of(CloudAccount account)
    {
        return
        [
            new("GET", All, Read, null, request => request.Page("firewalls", account.State.All<Firewall>(), View)),
            new("POST", All, "firewall:create", "Rules for Kubernetes clusters allow nothing", request =>
            {
                var body = request.Body<FirewallRequest>();
                return ApiAnswer.Accepted(Answer(account.Change(change => Firewalls.Create(change, body))));
            }),
            new("GET", One, Read, null, request => ApiAnswer.Ok(Answer(account.State.Get<Firewall>(request.Route(Id))))),
            new("PUT", One, Change, null, request =>
            {
                var body = request.Body<FirewallRequest>();
                return ApiAnswer.Ok(Answer(account.Change(change => Firewalls.Update(change, request.Route(Id), body))));
            }),
            new("DELETE", One, "firewall:delete", null, request =>
            {
                account.Change(change => Firewalls.Delete(change, request.Route(Id)));
                return ApiAnswer.NoContent;
            }),
            Part("POST", "droplets", Firewalls.AddDroplets),
            Part("DELETE", "droplets", Firewalls.RemoveDroplets),
            Part("POST", "tags", Firewalls.AddTags),
            Part("DELETE", "tags", Firewalls.RemoveTags),
            Part("POST", "rules", Firewalls.AddRules),
            Part("DELETE", "rules", Firewalls.RemoveRules),
            new("GET", "/v2/droplets/{droplet_id}/firewalls", Read, null, request =>
                request.Page("firewalls", Firewalls.Of(account.State, request.RouteNumber("droplet_id")), View)),
        ];

        ApiRoute Part(string method, string part, Func<AccountChange, string, FirewallRequest, Firewall> apply) =>
            new(method, $"{One}/{part}", Change, null, request =>
            {
                var body = request.Body<FirewallRequest>();
                account.Change(change => apply(change, request.Route(Id), body));
                return ApiAnswer.NoContent;
            });
    }

    private static object Answer(Firewall firewall) => new { Firewall = View(firewall) };

    private static object View(Firewall firewall) => new
    {
        firewall.Id,
        firewall.Name,
        firewall.Status,
        InboundRules = firewall.InboundRules.Select(rule => new { rule.Protocol, rule.Ports, Sources = View(rule.Peers) }),
        OutboundRules = firewall.OutboundRules.Select(rule => new { rule.Protocol, rule.Ports, Destinations = View(rule.Peers) }),
        firewall.CreatedAt,
        firewall.DropletIds,
        firewall.Tags,
        firewall.PendingChanges,
    };

    // The API leaves out what is empty.
    private static Dictionary<string, object> View(FirewallPeers peers)
    {
        var view = new Dictionary<string, object>();
        Add("addresses", peers.Addresses);
        Add("droplet_ids", peers.DropletIds);
        Add("load_balancer_uids", peers.LoadBalancerUids);
        Add("kubernetes_ids", peers.KubernetesIds);
        Add("tags", peers.Tags);
        return view;

        void Add<T>(string name, ImmutableArray<T> values)
        {
            if (!values.IsEmpty)
            {
                view[name] = values;
            }
        }
    }
}
