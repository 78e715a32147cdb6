using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>Domains and their records over HTTP.</summary>
internal static class DomainRoutes
{
    private const string All = "/v2/domains";
    private const string One = "/v2/domains/{domain_name}";
    private const string Records = $"{One}/records";
    private const string Record = $"{Records}/{{domain_record_id}}";
    private const string Read = "domain:read";
    private const string Change = "domain:update";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, Read, null, request => request.Page("domains", account.State.All<Domain>(), domain => View(account.State, domain))),
        new("POST", All, "domain:create", "Every name can be added: nobody else has it", request =>
        {
            var body = request.Body<DomainRequest>();
            var domain = account.Change(change => Domains.Create(change, body));
            return ApiAnswer.Created(new { Domain = new { domain.Name, domain.Ttl, ZoneFile = (string?)null } });
        }),
        new("GET", One, Read, null, request =>
        {
            var state = account.State;
            return ApiAnswer.Ok(new { Domain = View(state, Domains.Find(state, Name(request))) });
        }),
        new("DELETE", One, "domain:delete", null, request =>
        {
            account.Change(change => Domains.Delete(change, Name(request)));
            return ApiAnswer.NoContent;
        }),
        new("GET", Records, Read, null, request => List(account.State, request)),
        new("POST", Records, Change, null, request =>
        {
            var body = request.Body<DnsRecordRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => Domains.CreateRecord(change, Name(request), body))));
        }),
        new("GET", Record, Read, null, request => ApiAnswer.Ok(Answer(Domains.FindRecord(account.State, Name(request), Id(request))))),
        new("PUT", Record, Change, null, request => Update(account, request)),
        new("PATCH", Record, Change, null, request => Update(account, request)),
        new("DELETE", Record, Change, null, request =>
        {
            account.Change(change => Domains.DeleteRecord(change, Name(request), Id(request)));
            return ApiAnswer.NoContent;
        }),
    ];

    private static ApiAnswer List(AccountState state, ApiRequest request)
    {
        var (name, type) = (request.Query("name"), request.Query("type"));
        var records = Domains.RecordsOf(state, Domains.Find(state, Name(request)))
            .Where(record => name is null or "" || string.Equals(record.FullName, name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase))
            .Where(record => type is null or "" || string.Equals(record.Type, type, StringComparison.OrdinalIgnoreCase)).ToList();
        return request.Page("domain_records", records, View);
    }

    private static ApiAnswer Update(CloudAccount account, ApiRequest request)
    {
        var body = request.Body<DnsRecordRequest>();
        return ApiAnswer.Ok(Answer(account.Change(change => Domains.UpdateRecord(change, Name(request), Id(request), body))));
    }

    private static string Name(ApiRequest request) => request.Route("domain_name");

    private static long Id(ApiRequest request) => request.RouteNumber("domain_record_id");

    private static object View(AccountState state, Domain domain) =>
        new { domain.Name, domain.Ttl, ZoneFile = ZoneFile.Text(state, domain) };

    private static object Answer(DnsRecord record) => new { DomainRecord = View(record) };

    private static object View(DnsRecord record) => new
    {
        record.Id,
        record.Type,
        record.Name,
        record.Data,
        record.Priority,
        record.Port,
        record.Ttl,
        record.Weight,
        record.Flags,
        record.Tag,
    };
}
