using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Networks;

/// <summary>VPCs over HTTP.</summary>
internal static class VpcRoutes
{
    private const string All = "/v2/vpcs";
    private const string One = "/v2/vpcs/{vpc_id}";
    private const string Id = "vpc_id";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "vpc:read", null, request => request.Page("vpcs", account.State.All<Vpc>(), View)),
        new("POST", All, "vpc:create", null, request =>
        {
            var body = request.Body<VpcRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => Vpcs.Create(change, body))));
        }),
        new("GET", One, "vpc:read", null, request => ApiAnswer.Ok(Answer(account.State.Get<Vpc>(request.Route(Id))))),
        new("PUT", One, "vpc:update", null, request => Update(account, request, whole: true)),
        new("PATCH", One, "vpc:update", null, request => Update(account, request, whole: false)),
        new("DELETE", One, "vpc:delete", null, request =>
        {
            account.Change(change => Vpcs.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
        new("GET", $"{One}/members", "vpc:read", null, request =>
        {
            var type = request.Query("resource_type");
            var members = Vpcs.Members(account.State, account.State.Get<Vpc>(request.Route(Id)))
                .Where(member => type is null || member.Urn.StartsWith($"do:{type}:", StringComparison.Ordinal)).ToList();
            return request.Page("members", members, member => new { member.Urn, member.Name, member.CreatedAt });
        }),
    ];

    private static ApiAnswer Update(CloudAccount account, ApiRequest request, bool whole)
    {
        var body = request.Body<VpcRequest>();
        return ApiAnswer.Ok(Answer(account.Change(change => Vpcs.Update(change, request.Route(Id), body, whole))));
    }

    private static object Answer(Vpc vpc) => new { Vpc = View(vpc) };

    private static object View(Vpc vpc) =>
        new { vpc.Id, vpc.Urn, vpc.Name, vpc.Description, vpc.Region, vpc.IpRange, vpc.CreatedAt, vpc.Default };
}
