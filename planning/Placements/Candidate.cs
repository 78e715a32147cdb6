using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>
/// A size as a candidate for a placement request. Ordered by price, GPU count and name; candidates without a price come last.
/// </summary>
internal sealed record Candidate(PlacementRequest Request, GpuSize Size, FitResult Fit) : IComparable<Candidate>
{
    /// <summary>Why this size is not selected automatically; null if it may be.</summary>
    /// <remarks>That the model does not fit comes first, because it holds for any region and availability.</remarks>
    public string? RejectionReason => Fit.Fits ? Terms : Fit.Reason;

    /// <summary>The reason against a fitting size: its availability or region.</summary>
    public string? Terms
    {
        get
        {
            if (!Request.Availability.Contains(Size.Availability))
            {
                return Size.Availability == Availability.Contract
                    ? "contract only: set the size if you have a contract"
                    : $"{(Size.Availability == Availability.Spot ? "spot capacity" : "on demand")}, which was not requested";
            }

            return Size.UsdPerHour is null ? "unknown price: set the size to use it" : WrongRegion;
        }
    }

    /// <summary>It fits, is in the region and has a price: only its availability was not requested.</summary>
    public bool IsSoldOtherwiseInRegion =>
        Fit.Fits && Size.UsdPerHour is not null && !Request.Availability.Contains(Size.Availability) && WrongRegion is null;

    private string? WrongRegion
    {
        get
        {
            if (Request.Region is null || Size.Regions.Contains(Request.Region))
            {
                return null;
            }

            return Size.Regions.Count == 0
                ? $"no dated sighting in {Request.Region} or elsewhere: set the size to try it"
                : $"not in {Request.Region}, only in {string.Join(", ", Size.Regions.Order(StringComparer.Ordinal))}";
        }
    }

    /// <summary>The line for a rejected size.</summary>
    public RejectedSize Rejection(Candidate chosen) =>
        new(Size.Slug, RejectionReason ?? (chosen.CompareTo(this) < 0 ? "fits, but costs more" : "fits, but the config sets another size"),
            Size.UsdPerHour);

    /// <summary>The problems with a size that the operator set.</summary>
    public IEnumerable<UserError> ErrorsWhenNamed(string key, IReadOnlyList<Candidate> candidates)
    {
        if (Request.Region is { } region && Size.Regions.Count > 0 && !Size.Regions.Contains(region))
        {
            var regions = string.Join(", ", Size.Regions.Order(StringComparer.Ordinal));
            yield return UserError.InStackConfig("region", region, $"has no {Size.Slug}; it is available in {regions}",
                Size.Regions[0]);
        }

        if (Fit.Fits)
        {
            yield break;
        }

        var instead = PlacementErrors.Instead(candidates);
        if (Request.ContextLength is { } requested && Fit.LongestContext > 0)
        {
            var times = Request.Concurrency > 1 ? Invariant($" for {Request.Concurrency:N0} concurrent requests") : "";
            var problem = $"does not fit{times} on {Size.Slug} with {Request.Model.Id}: {Fit.Reason}. {instead}";
            var longest = ContextLength.RoundDown(Fit.LongestContext).ToString(CultureInfo.InvariantCulture);
            yield return PlacementErrors.About(key, "contextLength", requested, problem, longest);
        }
        else
        {
            yield return PlacementErrors.WayOut(
                new(PlacementErrors.Path(key, "size"), Size.Slug, $"cannot serve {Request.Model.Id}: {Fit.Reason}. {instead}", ""),
                Request, key, candidates);
        }
    }

    public int CompareTo(Candidate? other)
    {
        if (other is null)
        {
            return -1;
        }

        var byPrice = (Size.UsdPerHour ?? decimal.MaxValue).CompareTo(other.Size.UsdPerHour ?? decimal.MaxValue);
        var byCount = byPrice != 0 ? byPrice : Size.GpuCount.CompareTo(other.Size.GpuCount);
        return byCount != 0 ? byCount : string.CompareOrdinal(Size.Slug, other.Size.Slug);
    }
}
