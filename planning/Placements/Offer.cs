using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>
/// A size as a candidate for a placement request. Ordered by price, GPU count and name; candidates without a price come last.
/// </summary>
internal sealed record Offer(Wish Wish, GpuSize Size, Fit Fit) : IComparable<Offer>
{
    /// <summary>Why this size is not selected automatically; null if it may be.</summary>
    /// <remarks>That the model does not fit comes first, because it holds for any region and availability.</remarks>
    public string? WhyNotChosen => Fit.Fits ? Terms : Fit.Reason;

    /// <summary>The reason against a fitting size: its availability or region.</summary>
    public string? Terms
    {
        get
        {
            if (!Wish.Availability.Contains(Size.Availability))
            {
                return Size.Availability == Availability.Contract
                    ? "sold by contract only: name it if you have one"
                    : $"sold {(Size.Availability == Availability.Spot ? "as spot capacity" : "on demand")}, which was not asked for";
            }

            return Size.UsdPerHour is null ? "its price is not known: name it to take it" : WrongRegion;
        }
    }

    /// <summary>It fits, is in the region and has a price: only its availability was not requested.</summary>
    public bool IsSoldOtherwiseInRegion =>
        Fit.Fits && Size.UsdPerHour is not null && !Wish.Availability.Contains(Size.Availability) && WrongRegion is null;

    private string? WrongRegion
    {
        get
        {
            if (Wish.Region is null || Size.Regions.Contains(Wish.Region))
            {
                return null;
            }

            return Size.Regions.Count == 0
                ? $"no dated sighting in {Wish.Region} or elsewhere: name it to try"
                : $"not in {Wish.Region}, but in {string.Join(", ", Size.Regions.Order(StringComparer.Ordinal))}";
        }
    }

    /// <summary>The line for a rejected size.</summary>
    public Refusal Refused(Offer chosen) =>
        new(Size.Slug, WhyNotChosen ?? (chosen.CompareTo(this) < 0 ? Invariant($"fits too, at {Size.UsdPerHour:0.00} USD/h") : "fits too, but another size was named"), Size.UsdPerHour);

    /// <summary>The problems with a size that the operator set.</summary>
    public IEnumerable<ConfigurationMistake> MistakesWhenNamed(string key, IReadOnlyList<Offer> offers)
    {
        if (Wish.Region is { } region && Size.Regions.Count > 0 && !Size.Regions.Contains(region))
        {
            var regions = string.Join(", ", Size.Regions.Order(StringComparer.Ordinal));
            yield return ConfigurationMistake.InStackConfig("region", region, $"does not have {Size.Slug}; it is in {regions}", Size.Regions[0]);
        }

        if (Fit.Fits)
        {
            yield break;
        }

        var instead = WishMistakes.Instead(offers);
        if (Wish.ContextLength is { } wished && Fit.LongestContext > 0)
        {
            var times = Wish.Concurrency > 1 ? Invariant($" {Wish.Concurrency:N0} times at once") : "";
            var problem = $"does not fit{times} on {Size.Slug} with {Wish.Model.Id}: {Fit.Reason}. {instead}";
            var longest = ContextLength.RoundDown(Fit.LongestContext).ToString(CultureInfo.InvariantCulture);
            yield return WishMistakes.About(key, "contextLength", wished, problem, longest);
        }
        else
        {
            yield return new(WishMistakes.Path(key, "size"), Size.Slug, $"cannot serve {Wish.Model.Id}: {Fit.Reason}. {instead}", WishMistakes.WayOut(Wish, key, offers));
        }
    }

    public int CompareTo(Offer? other)
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
