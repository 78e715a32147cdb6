using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Plan;

namespace Infra.Cli.Preview;

/// <summary>What a preview prints of an endpoint: what was asked, and what was decided.</summary>
internal static class EndpointFacts
{
    /// <summary>Number of pinned files to list.</summary>
    private const int PinnedShown = 3;

    /// <summary>The columns of the table, for terminals that are too narrow for it.</summary>
    public static IEnumerable<(string Key, string Value)> OfTable(EndpointPlan endpoint)
    {
        yield return ("model", endpoint.Placement.Model.Id);
        yield return ("hardware", Hardware(endpoint));
        yield return ("memory", $"per GPU, GiB: {Memory(endpoint)}");
        yield return ("price", $"{Usd(endpoint.UsdPerHour)} USD/h");
    }

    /// <summary>The other facts, one a line.</summary>
    /// <param name="endpoint">The plan.</param>
    /// <param name="asked">The configuration that it answers.</param>
    public static IEnumerable<(string Key, string Value)> Of(EndpointPlan endpoint, EndpointConfig asked)
    {
        var placement = endpoint.Placement;
        yield return ("asked", Asked(asked));
        yield return ("decided", Invariant($"{placement.MaxModelLen:N0} tokens of context, {Requests(placement.Requests)}, ")
            + Invariant($"{placement.Size.Slug}, TP {placement.TensorParallel}")
            + (placement.DataParallel > 1 ? Invariant($" x DP {placement.DataParallel}") : "")
            + Invariant($", {placement.KvTokens:N0} tokens of KV cache per node expected, {placement.SafeKvTokens:N0} promised"));
        yield return ("margin", Invariant($"{placement.Memory.MarginGiB:F1} GiB per GPU; {placement.Memory.MarginReason}"));
        yield return ("engine", $"vLLM {placement.Engine.Version}, {endpoint.Install switch
        {
            EngineInstall.Container => "in a container",
            EngineInstall.Venv => "in a virtual environment",
            _ => throw new InvalidOperationException($"{endpoint.Install} is not known"),
        }}; {placement.Model.Id}: {ModelFacts.Tested(placement.Model)}");
        yield return ("licence", ModelFacts.Licence(placement.Model) ?? placement.Model.Licence);
        yield return ("image", endpoint.Image);
        yield return ("URL", endpoint switch
        {
            { LoadBalancer.Domain: { } domain } => $"https://{domain.Name}/v1",
            { LoadBalancer: not null } => "https:// and the address of the load balancer in the VPC",
            _ => "https:// and the address of the first server in the VPC; from elsewhere through an SSH tunnel",
        });
        yield return ("clients", string.Join(", ", endpoint.Clients.Select(client => client.Name)));
        yield return ("weights", endpoint.CacheVolumeGiB is { } volume
            ? Invariant($"on a Volume of {volume} GiB per server, which outlives it; ") + Checksums(endpoint)
            : $"on the disk of the server; {Checksums(endpoint)}");
        if (placement.SingleStreamTokensPerSecondBound is { } bound)
        {
            yield return ("speed",
                Invariant($"at most {bound:N0} tokens/s per request: memory bandwidth divided by the bytes read per token"));
        }
    }

    public static string Hardware(EndpointPlan endpoint)
    {
        var placement = endpoint.Placement;
        return $"{endpoint.Replicas} x {placement.Size.Slug} ({placement.Size.GpuCount} x {placement.Gpu.Name}) in {endpoint.Region}";
    }

    public static string Memory(EndpointPlan endpoint) => endpoint.Placement.Memory is var memory
        ? Invariant($"weights {memory.WeightsGiB:F1} + overhead {memory.OverheadGiB:F1} + KV {memory.KvGiB:F1} ")
            + Invariant($"= {memory.BudgetGiB:F1} of {memory.VisibleGiB:F1}")
        : "";

    public static string Usd(decimal? price) => price is { } known ? known.ToString("N2", CultureInfo.InvariantCulture) : "contract";

    private static string Asked(EndpointConfig asked) => string.Join(", ",
        asked.ContextLength is { } tokens ? Invariant($"{tokens:N0} tokens of context")
            : asked.Size is null ? "context of the default length" : "the longest context",
        asked.Concurrency is { } requests ? Requests(requests) : "concurrent requests by default",
        asked.Size ?? $"the cheapest size ({Sold(asked.Availability)})");

    private static string Sold(IReadOnlyList<Availability> terms) => terms.Count == 0
        ? "on demand"
        : string.Join(" or ", terms.Select(term => term == Availability.OnDemand ? "on demand" : term.ToString().ToLowerInvariant()));

    private static string Requests(int count) => Invariant($"{count:N0} concurrent {(count == 1 ? "request" : "requests")}");

    private static string Checksums(EndpointPlan endpoint) => endpoint.Checksums.Count == 0
        ? "the hub's checksums (none pinned in the catalog)"
        : $"checksums of {string.Join(", ", endpoint.Checksums.Keys.Order(StringComparer.Ordinal).Take(PinnedShown))}"
            + (endpoint.Checksums.Count > PinnedShown ? $" and {endpoint.Checksums.Count - PinnedShown} more files" : "")
            + " are pinned in the catalog; other files use the hub's checksums";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
