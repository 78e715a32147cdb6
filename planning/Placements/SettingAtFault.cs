using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>The one setting without which a placement request fits: its value is the error, and not the size or the model.</summary>
internal static class SettingAtFault
{
    /// <summary>A utilization that a dedicated card supports.</summary>
    private const double HighUtilization = 0.95;

    /// <summary>The error of the setting; null if there is no such setting.</summary>
    /// <param name="request">A request that fits on none of the candidates.</param>
    /// <param name="key">Path of the endpoint.</param>
    /// <param name="candidates">The candidates: the size that the operator set, or all, cheapest first.</param>
    /// <param name="catalog">Their cards.</param>
    public static UserError? Of(PlacementRequest request, string key, IReadOnlyList<Candidate> candidates, ModelCatalog catalog)
    {
        var options = request.Options;
        (string Setting, object? Value, EngineOptions Without, string? Better)[] settings =
        [
            ("gpuMemoryUtilization", options.GpuMemoryUtilization > HighUtilization ? options.GpuMemoryUtilization : null,
                options with { GpuMemoryUtilization = HighUtilization }, HighUtilization.ToString(CultureInfo.InvariantCulture)),
            ("gpuMemoryUtilization", options.GpuMemoryUtilization, options with { GpuMemoryUtilization = null }, null),
            ("tensorParallel", options.TensorParallel, options with { TensorParallel = null }, null),
            ("dataParallel", options.DataParallel, options with { DataParallel = null }, null),
            ("maxNumSeqs", options.MaxNumSeqs, options with { MaxNumSeqs = null }, null),
            ("maxNumBatchedTokens", options.MaxNumBatchedTokens, options with { MaxNumBatchedTokens = null }, null),
        ];
        foreach (var (setting, value, without, better) in settings.Where(entry => entry.Value is not null))
        {
            var changed = request with { Options = without };
            if (candidates.FirstOrDefault(candidate => Fits(changed, candidate.Size, catalog)) is { } fitting)
            {
                var path = PlacementErrors.Path(key, setting);
                return new(path, value, $"does not fit on {fitting.Size.Slug}: {fitting.Fit.Reason}; "
                    + (better is null ? "without the setting it does" : $"with {better} it does"),
                    better is null ? ConfigFix.Remove(path) : ConfigFix.Set(path, better));
            }
        }
        return null;
    }

    private static bool Fits(PlacementRequest request, GpuSize size, ModelCatalog catalog)
    {
        var candidate = new Candidate(request, size, NodeFit.Of(request, size, catalog.GpuOf(size)));
        return request.Size == size.Slug ? candidate.Fit.Fits : candidate.RejectionReason is null;
    }
}
