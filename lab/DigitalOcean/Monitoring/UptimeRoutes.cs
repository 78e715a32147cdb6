using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>Uptime checks, their state and alerts over HTTP.</summary>
internal static class UptimeRoutes
{
    private const string All = "/v2/uptime/checks";
    private const string Id = "check_id";
    private const string One = $"{All}/{{{Id}}}";
    private const string AlertId = "alert_id";
    private const string OneAlert = $"{One}/alerts/{{{AlertId}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "uptime:read", null, request => request.Page("checks", account.State.All<UptimeCheck>(), check => check.View())),
        new("POST", All, "uptime:create", "All regions are one place; ping counts as TCP.", request =>
        {
            var body = request.Body<UptimeCheckRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => UptimeChecks.Put(change, null, body))));
        }),
        new("GET", One, "uptime:read", null, request => ApiAnswer.Ok(Answer(account.State.Get<UptimeCheck>(request.Route(Id))))),
        new("PUT", One, "uptime:update", null, request =>
        {
            var body = request.Body<UptimeCheckRequest>();
            return ApiAnswer.Ok(Answer(account.Change(change => UptimeChecks.Put(change, request.Route(Id), body))));
        }),
        new("DELETE", One, "uptime:delete", null, request =>
        {
            account.Change(change => UptimeChecks.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
        new("GET", $"{One}/state", "uptime:read", null, request =>
            ApiAnswer.Ok(new { State = account.State.Get<UptimeCheck>(request.Route(Id)).State() })),
        new("GET", $"{One}/alerts", "uptime:read", null, request =>
        {
            var check = account.State.Get<UptimeCheck>(request.Route(Id));
            return request.Page(
                "alerts", [.. account.State.All<UptimeAlert>().Where(alert => alert.CheckId == check.Id)], alert => alert.View());
        }),
        new("POST", $"{One}/alerts", "uptime:create", "Kept, never sent.", request =>
        {
            var body = request.Body<UptimeAlertRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => UptimeChecks.PutAlert(change, request.Route(Id), null, body))));
        }),
        new("GET", OneAlert, "uptime:read", null, request =>
            ApiAnswer.Ok(Answer(UptimeChecks.Alert(account.State, request.Route(Id), request.Route(AlertId))))),
        new("PUT", OneAlert, "uptime:update", null, request =>
        {
            var body = request.Body<UptimeAlertRequest>();
            return ApiAnswer.Ok(Answer(account.Change(
                change => UptimeChecks.PutAlert(change, request.Route(Id), request.Route(AlertId), body))));
        }),
        new("DELETE", OneAlert, "uptime:delete", null, request =>
        {
            account.Change(change => change.Remove(UptimeChecks.Alert(change.State, request.Route(Id), request.Route(AlertId))));
            return ApiAnswer.NoContent;
        }),
    ];

    private static object Answer(UptimeCheck check) => new { Check = check.View() };

    private static object Answer(UptimeAlert alert) => new { Alert = alert.View() };
}
