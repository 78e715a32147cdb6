using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Monitoring;

/// <summary>What DigitalOcean does with alert policies, and refuses.</summary>
internal static class AlertPolicies
{
    private const string All = "/v2/monitoring/alerts";
    private const string Id = "alert_uuid";
    private const string One = $"{All}/{{{Id}}}";

    // Specification 2.0, schema alert_policy; without databases and autoscale pools, which the account has not.
    private static readonly string[] s_windows = ["5m", "10m", "30m", "1h"];
    private static readonly string[] s_comparisons = ["GreaterThan", "LessThan"];
    private static readonly HashSet<string> s_types =
    [
        .. new[]
        {
            "load_1", "load_5", "load_15", "memory_utilization_percent", "disk_utilization_percent", "cpu", "disk_read", "disk_write",
            "public_outbound_bandwidth", "public_inbound_bandwidth", "private_outbound_bandwidth", "private_inbound_bandwidth",
        }.Select(measure => $"v1/insights/droplet/{measure}"),
        .. new[]
        {
            "avg_cpu_utilization_percent", "connection_utilization_percent", "droplet_health",
            "tls_connections_per_second_utilization_percent", "increase_in_http_error_rate_percentage_5xx",
            "increase_in_http_error_rate_percentage_4xx", "increase_in_http_error_rate_count_5xx", "increase_in_http_error_rate_count_4xx",
            "high_http_request_response_time", "high_http_request_response_time_50p", "high_http_request_response_time_95p",
            "high_http_request_response_time_99p",
        }.Select(measure => $"v1/insights/lbaas/{measure}"),
    ];

    public static AlertPolicy Put(AccountChange change, string? uuid, AlertPolicyRequest request)
    {
        var before = uuid is null ? null : change.Get<AlertPolicy>(uuid);
        if (request.Type is not { } type || !s_types.Contains(type))
        {
            throw ApiError.Unprocessable("type is invalid");
        }
        if (!s_comparisons.Contains(request.Compare) || !s_windows.Contains(request.Window))
        {
            throw ApiError.Unprocessable(
                $"compare must be one of {string.Join(", ", s_comparisons)}, window one of {string.Join(", ", s_windows)}");
        }
        // godo sends null for a list that the user did not give.
        var (entities, tags) = (request.Entities ?? [], request.Tags ?? []);
        if (request is not { Description: { } description, Value: >= 0 and var value }
            || entities.Any(entity => entity is null) || tags.Any(tag => tag is null))
        {
            throw ApiError.Unprocessable("description and value are required, entities and tags are lists of strings");
        }
        // godo leaves enabled out unless it is given.
        return change.Put(
            new AlertPolicy(before?.Uuid ?? AccountChange.NewId(), type, description, request.Compare!, value, request.Window!,
            [.. entities.OfType<string>()], [.. tags.OfType<string>()], NotificationsRequest.Checked(request.Alerts, "alerts"),
            request.Enabled ?? before?.Enabled ?? true));
    }

    public static IEnumerable<ApiRoute> Routes(CloudAccount account) =>
    [
        // With a slash at its end it asks for the policy without an id (the provider's resource_monitor_alert_test.go, after a deletion).
        new("GET", All, "monitoring:read", null, request => request.EndsWithSlash ? throw ApiError.NotFound()
            : request.Page("policies", account.State.All<AlertPolicy>(), policy => policy.View())),
        new("POST", All, "monitoring:create", "Kept: the API shows no state of a policy, and nothing is sent.", request =>
        {
            var body = request.Body<AlertPolicyRequest>();
            return Answer(account.Change(change => Put(change, null, body)));
        }),
        new("GET", One, "monitoring:read", null, request => Answer(account.State.Get<AlertPolicy>(request.Route(Id)))),
        new("PUT", One, "monitoring:update", null, request =>
        {
            var body = request.Body<AlertPolicyRequest>();
            return Answer(account.Change(change => Put(change, request.Route(Id), body)));
        }),
        new("DELETE", One, "monitoring:delete", null, request =>
        {
            account.Change(change => change.Remove(change.Get<AlertPolicy>(request.Route(Id))));
            return ApiAnswer.NoContent;
        }),
    ];

    // The API answers 200 to a creation, too.
    private static ApiAnswer Answer(AlertPolicy policy) => ApiAnswer.Ok(new { Policy = policy.View() });
}
