using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.LoadBalancers;

/// <summary>Load balancers over HTTP.</summary>
internal static class BalancerRoutes
{
    private const string All = "/v2/load_balancers";
    private const string One = "/v2/load_balancers/{lb_id}";
    private const string Id = "lb_id";
    private const string Read = "load_balancer:read";
    private const string Change = "load_balancer:update";
    private const string Limits = "UDP, HTTP/3, IPv6 and global load balancers are stored, and carry no traffic";

    public static IEnumerable<ApiRoute> Of(CloudAccount account)
    {
        return
        [
            new("GET", All, Read, null, request =>
            {
                var state = account.State;
                // The specification has neither; godo asks with them, once for each name or id.
                var (names, ids) = (request.Queries("names"), request.Queries("uuids"));
                var found = state.All<LoadBalancer>().Where(balancer =>
                    (names.Count == 0 || names.Contains(balancer.Name)) && (ids.Count == 0 || ids.Contains(balancer.Id))).ToList();
                return request.Page("load_balancers", found, balancer => BalancerView.Of(account.Settings, state, balancer));
            }),
            new("POST", All, "load_balancer:create", Limits, request =>
            {
                var body = request.Body<BalancerRequest>();
                return ApiAnswer.Accepted(Answer(Try(body, change => LoadBalancers.Create(change, body))));
            }),
            new("GET", One, Read, null, request => ApiAnswer.Ok(Answer(account.State.Get<LoadBalancer>(request.Route(Id))))),
            new("PUT", One, Change, Limits, request =>
            {
                var body = request.Body<BalancerRequest>();
                return ApiAnswer.Ok(Answer(Try(body, change => LoadBalancers.Update(change, request.Route(Id), body))));
            }),
            new("DELETE", One, "load_balancer:delete", null, request =>
            {
                account.Change(change => LoadBalancers.Delete(change, request.Route(Id)));
                return ApiAnswer.NoContent;
            }),
            new("DELETE", $"{One}/cache", "load_balancer:delete", "There is no cache", request =>
            {
                LoadBalancers.EmptyCache(account.State, request.Route(Id));
                return ApiAnswer.NoContent;
            }),
            Part("POST", "droplets", LoadBalancers.AddDroplets),
            Part("DELETE", "droplets", LoadBalancers.RemoveDroplets),
            Part("POST", "forwarding_rules", LoadBalancers.AddRules),
            Part("DELETE", "forwarding_rules", LoadBalancers.RemoveRules),
        ];

        ApiRoute Part(string method, string part, Func<AccountChange, string, BalancerRequest, LoadBalancer> apply) =>
            new(method, $"{One}/{part}", Change, null, request =>
            {
                var body = request.Body<BalancerRequest>();
                account.Change(change => apply(change, request.Route(Id), body));
                return ApiAnswer.NoContent;
            });

        // A change that is only checked is made next to the account, and dropped.
        LoadBalancer Try(BalancerRequest body, Func<AccountChange, LoadBalancer> apply) => body.ValidateOnly == true
            ? apply(new AccountChange(account.Settings, account.State, account.Clock.GetUtcNow()))
            : account.Change(apply);

        object Answer(LoadBalancer balancer) => new { LoadBalancer = BalancerView.Of(account.Settings, account.State, balancer) };
    }
}
