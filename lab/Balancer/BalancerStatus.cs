using System.Globalization;
using System.Text.Json;

namespace Infra.Lab.Balancer;

/// <summary>
/// The state of a load balancer. A new specification starts new counts; the totals include the old ones until the last old connection ends.
/// </summary>
/// <param name="Error">Why it does not apply its specification; null if it does.</param>
/// <param name="Ports">Ports that it listens on.</param>
/// <param name="Active">Current connections of callers.</param>
/// <param name="Total">All connections of callers, without refused ones.</param>
/// <param name="Refused">Connections closed because the allow-list does not contain the caller.</param>
/// <param name="Unserved">Connections without a reachable server; where TLS terminates, requests.</param>
/// <param name="Backends">The servers, in the order of the specification.</param>
internal sealed record BalancerStatus(
    string? Error, IReadOnlyList<int> Ports, int Active, long Total, long Refused, long Unserved,
    IReadOnlyList<BackendStatus> Backends)
{
    private const string PortPrefix = "port-";

    /// <summary>The state of a load balancer that cannot be queried.</summary>
    public static BalancerStatus Down(string error) => new(error, [], 0, 0, 0, 0, []);

    /// <summary>Combines "show stat json" of its processes, newest first.</summary>
    public static BalancerStatus Of(string? error, IReadOnlyList<string> statistics)
    {
        var processes = statistics.Select(Rows).ToList();
        var ports = processes.SelectMany(rows => rows)
            .Where(row => row["pxname"].StartsWith(PortPrefix, StringComparison.Ordinal)).ToList();
        var newest = processes[0].Where(row => row["svname"] == "FRONTEND").ToList();
        return new(
            error,
            [.. newest.Select(row => int.Parse(row["pxname"][PortPrefix.Length..], CultureInfo.InvariantCulture)).Order()],
            (int)Sum("FRONTEND", "scur"), Sum("FRONTEND", "stot"), Sum("FRONTEND", "dcon"), Sum("BACKEND", "econ"),
            [.. processes[0].Where(row => row["pxname"] == BalancerConfig.Checks && row["svname"] != "BACKEND").Select(Backend)]);

        long Sum(string name, string field) => ports.Where(row => row["svname"] == name).Sum(row => Number(row, field));

        BackendStatus Backend(Dictionary<string, string> row) => new(
            row["svname"],
            IsUp(row),
            DateTimeOffset.UtcNow.AddSeconds(-Number(row, "lastchg")),
            Problem(row),
            (int)Sum(row["svname"], "scur"),
            Sum(row["svname"], "stot") - Sum(row["svname"], "wredis"));
    }

    private static readonly string[] s_reasons = ["check_desc", "check_code", "last_chk"];

    private static bool IsUp(Dictionary<string, string> row) => row["status"].StartsWith("UP", StringComparison.Ordinal);

    // INI: not checked yet. A leading star: a check is running, and the code is 0 until it ends.
    private static string? Problem(Dictionary<string, string> row) =>
        row["check_status"] is var status && (status.EndsWith("OK", StringComparison.Ordinal)
            || (status.EndsWith("INI", StringComparison.Ordinal) && IsUp(row)))
        ? null
        : string.Join(' ', s_reasons.Select(name => row.GetValueOrDefault(name)).Where(word => word is not (null or "" or "0")));

    private static long Number(Dictionary<string, string> row, string field) => long.Parse(row[field], CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Rows(string statistics)
    {
        using var document = JsonDocument.Parse(statistics);
        return [.. document.RootElement.EnumerateArray().Select(row => row.EnumerateArray().ToDictionary(
            cell => cell.GetProperty("field").GetProperty("name").GetString()!,
            cell => cell.GetProperty("value").GetProperty("value").ToString()))];
    }
}

/// <param name="Address">Private address of the server.</param>
/// <param name="Healthy">Whether it gets new connections.</param>
/// <param name="Since">Time of the last change of its health.</param>
/// <param name="LastError">Why its last check failed, in HAProxy's words; null if it succeeded.</param>
/// <param name="Active">Current connections to it.</param>
/// <param name="Total">All connections to it.</param>
internal sealed record BackendStatus(string Address, bool Healthy, DateTimeOffset Since, string? LastError, int Active, long Total);
