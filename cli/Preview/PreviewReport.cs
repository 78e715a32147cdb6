using System.Text.Json.Serialization;
using Infra.Planning.Plan;

namespace Infra.Cli.Preview;

/// <summary><c>./infra preview --json</c>.</summary>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Resources">All resources to create.</param>
/// <param name="Endpoints">All planned endpoints.</param>
/// <param name="Ports">Who can reach which port, derived from the resources.</param>
/// <param name="Warnings">Warnings about the stack and its file; each endpoint has its own.</param>
/// <param name="UsdPerHour">Total price; null if a part is a contract size.</param>
/// <param name="UsdPerMonth">The same per month.</param>
/// <param name="PriceSource">Source of the prices.</param>
internal sealed record PreviewReport(
    string Stack,
    IReadOnlyList<ObservedResource> Resources,
    IReadOnlyList<PreviewedEndpoint> Endpoints,
    IReadOnlyList<Exposure> Ports,
    IReadOnlyList<string> Warnings,
    decimal? UsdPerHour,
    decimal? UsdPerMonth,
    string PriceSource)
{
    /// <summary>Prices are rounded to a hundredth of a cent: a load balancer costs 12 USD a month.</summary>
    private const int PriceDigits = 4;

    public static PreviewReport Of(StackPreview preview) => new(
        preview.Configuration.Stack,
        preview.Resources,
        [.. preview.Plan.Endpoints.Select(PreviewedEndpoint.Of)],
        Exposure.Of(preview.Resources),
        [.. preview.Warnings, .. preview.Plan.Warnings],
        Price(preview.Plan.UsdPerHour),
        Price(preview.Plan.UsdPerMonth),
        preview.Plan.PriceSource);

    internal static decimal? Price(decimal? usd) => usd is { } known ? Math.Round(known, PriceDigits) : null;
}

/// <summary>
/// An endpoint in <c>./infra preview --json</c>. Memory is per GPU, in GiB; KV tokens (expected, and promised after the margin)
/// and requests are per node. Files without a pinned
/// checksum use the hub's checksum.
/// </summary>
internal sealed record PreviewedEndpoint(
    string Name,
    string Model,
    string Licence,
    string? LicenceTerms,
    string? LicenceUrl,
    string Revision,
    IReadOnlyList<string> PinnedFiles,
    string Engine,
    string? TestedEngine,
    string Size,
    string Gpu,
    string Region,
    int Replicas,
    int GpuCount,
    int TensorParallel,
    int DataParallel,
    int MaxModelLen,
    int MaxNumSeqs,
    int MaxNumBatchedTokens,
    double GpuMemoryUtilization,
    long KvTokens,
    long SafeKvTokens,
    int Requests,
    double WeightsGiB,
    double OverheadGiB,
    double KvGiB,
    double BudgetGiB,
    double MarginGiB,
    string Margin,
    string Access,
    decimal? UsdPerHour,
    IReadOnlyList<string> Flags,
    IReadOnlyList<string> Warnings,
    [property: JsonPropertyName("notChosen")] IReadOnlyList<RejectedSizeReport> Rejected)
{
    private const int GibDigits = 2;

    public static PreviewedEndpoint Of(EndpointPlan endpoint)
    {
        var placement = endpoint.Placement;
        var memory = placement.Memory;
        return new PreviewedEndpoint(
            endpoint.Name,
            placement.Model.Id,
            placement.Model.Licence,
            placement.Model.LicenceTerms,
            placement.Model.LicenceUrl,
            endpoint.Revision,
            [.. endpoint.Checksums.Keys.Order(StringComparer.Ordinal)],
            placement.Engine.Version,
            placement.Model.TestedEngine,
            placement.Size.Slug,
            placement.Gpu.Name,
            endpoint.Region,
            endpoint.Replicas,
            endpoint.GpuCount,
            placement.TensorParallel,
            placement.DataParallel,
            placement.MaxModelLen,
            placement.MaxNumSeqs,
            placement.MaxNumBatchedTokens,
            placement.GpuMemoryUtilization,
            placement.KvTokens,
            placement.SafeKvTokens,
            placement.Requests,
            Math.Round(memory.WeightsGiB, GibDigits),
            Math.Round(memory.OverheadGiB, GibDigits),
            Math.Round(memory.KvGiB, GibDigits),
            Math.Round(memory.BudgetGiB, GibDigits),
            Math.Round(memory.MarginGiB, GibDigits),
            memory.MarginReason,
            endpoint.Access.ToString().ToLowerInvariant(),
            PreviewReport.Price(endpoint.UsdPerHour),
            endpoint.Flags,
            endpoint.Warnings,
            [.. placement.Rejected.Select(rejected => new RejectedSizeReport(rejected.Size, rejected.Reason, rejected.UsdPerHour))]);
    }
}

/// <summary>A rejected size.</summary>
internal sealed record RejectedSizeReport(string Size, string Reason, decimal? UsdPerHour);
