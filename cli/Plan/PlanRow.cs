using Infra.Planning.Placements;

namespace Infra.Cli.Plan;

/// <summary>A row of <c>./infra plan --json</c>. Memory is per GPU, tokens and requests are per node.</summary>
/// <param name="Model">Repository id.</param>
/// <param name="Size">Size slug.</param>
/// <param name="Fits">Whether the request fits.</param>
/// <param name="Reason">Why it does not fit, or what limits it.</param>
/// <param name="MaxModelLen">Context length of a request: the requested one, or the longest that fits; 0 if none does.</param>
/// <param name="Requests">Concurrent requests of that length.</param>
/// <param name="KvTokens">Tokens in the KV cache.</param>
/// <param name="WeightsGiB">Weights.</param>
/// <param name="KvGiB">KV cache.</param>
/// <param name="OverheadGiB">Activations, NCCL and graphs.</param>
/// <param name="UsdPerHour">Price of the node; null for a contract size.</param>
/// <param name="TensorParallel">GPUs per copy of the weights.</param>
/// <param name="DataParallel">Engines per node.</param>
/// <param name="Precision">How the weights are stored.</param>
/// <param name="GpuMemoryUtilization">Share of the card's memory.</param>
/// <param name="SafeKvTokens">Tokens that are promised: after the margin.</param>
/// <param name="MarginGiB">Margin of one GPU.</param>
/// <param name="Margin">What the margin follows from: the class of the plan and its measured error.</param>
/// <param name="MaxNumSeqs">Requests in one engine step.</param>
/// <param name="MaxNumBatchedTokens">Tokens of one engine step.</param>
/// <param name="MostRequests">Most concurrent requests of that length, of any layout.</param>
/// <param name="MostRequestsWith">The settings that hold them; null: the row's own, or none does.</param>
/// <param name="MostKvTokens">Most tokens in the KV cache, of any layout.</param>
/// <param name="Warnings">Warnings for the operator.</param>
/// <param name="Licence">Licence of the weights.</param>
/// <param name="LicenceTerms">What it asks of the user; null: nothing unusual.</param>
/// <param name="LicenceUrl">Its text; null: that of its name.</param>
/// <param name="TestedEngine">Newest vLLM release that a public record shows serving the model; null: none is known.</param>
internal sealed record PlanRow(
    string Model,
    string Size,
    bool Fits,
    string Reason,
    int MaxModelLen,
    int Requests,
    long KvTokens,
    double? WeightsGiB,
    double? KvGiB,
    double? OverheadGiB,
    decimal? UsdPerHour,
    int? TensorParallel,
    int? DataParallel,
    string Precision,
    double? GpuMemoryUtilization,
    long SafeKvTokens,
    double? MarginGiB,
    string? Margin,
    int? MaxNumSeqs,
    int? MaxNumBatchedTokens,
    int MostRequests,
    PlanSettings? MostRequestsWith,
    long MostKvTokens,
    IReadOnlyList<string> Warnings,
    string Licence,
    string? LicenceTerms,
    string? LicenceUrl,
    string? TestedEngine)
{
    /// <summary>GiB are rounded to two digits: the constants behind them are less precise.</summary>
    private const int Digits = 2;

    public static PlanRow Of(FitResult fit) => new(
        fit.Model.Id,
        fit.Size.Slug,
        fit.Fits,
        fit.Reason,
        fit.Placement?.MaxModelLen ?? fit.LongestContext,
        fit.Placement?.Requests ?? 0,
        fit.Placement?.KvTokens ?? 0,
        Rounded(fit.Memory?.WeightsGiB),
        Rounded(fit.Memory?.KvGiB),
        Rounded(fit.Memory?.OverheadGiB),
        fit.Size.UsdPerHour,
        fit.Placement?.TensorParallel,
        fit.Placement?.DataParallel,
        fit.Model.Precision.ToString().ToUpperInvariant(),
        fit.Placement?.GpuMemoryUtilization,
        fit.Placement?.SafeKvTokens ?? 0,
        Rounded(fit.Memory?.MarginGiB),
        fit.Memory?.MarginReason,
        fit.Placement?.MaxNumSeqs,
        fit.Placement?.MaxNumBatchedTokens,
        fit.MostRequests,
        fit.MostRequests > fit.Placement?.Requests ? PlanSettings.Of(fit.MostRequestsWith!) : null,
        fit.MostKvTokens,
        fit.Placement?.Warnings ?? [],
        fit.Model.Licence,
        fit.Model.LicenceTerms,
        fit.Model.LicenceUrl,
        fit.Model.TestedEngine);

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, Digits) : null;
}
