using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Selects the hardware for a placement request. Pure: the same request and catalog give the same result.</summary>
public static class Placer
{
    /// <summary>Checks a placement request against one size, whatever its price, region and availability.</summary>
    public static Fit Fit(Wish wish, GpuSize size, ModelCatalog catalog) => Of(wish, size, catalog.GpuOf(size));

    /// <summary>The requested size, or the cheapest one that fits.</summary>
    /// <param name="wish">The placement request.</param>
    /// <param name="catalog">Sizes and cards.</param>
    /// <param name="key">Path of the endpoint in the configuration, for messages: <c>endpoints.chat</c>; empty on a command line.</param>
    /// <exception cref="ConfigurationException">Nothing fits: the message has the calculation and the alternatives.</exception>
    public static Placement Place(Wish wish, ModelCatalog catalog, string key)
    {
        var mistakes = Mistakes(wish, key);
        if (mistakes.Count > 0)
        {
            throw new ConfigurationException(mistakes);
        }

        var offers = Offers(wish, catalog.Sizes.Values, catalog);
        if (wish.Size is { } slug)
        {
            var size = catalog.Size(slug, WishMistakes.Path(key, "size"));
            var named = offers.First(offer => offer.Size == size);
            var against = named.MistakesWhenNamed(key, offers).ToList();
            return against.Count > 0 ? throw new ConfigurationException(against) : Chosen(named, offers);
        }

        var chosen = offers.FirstOrDefault(offer => offer.WhyNotChosen is null);
        return chosen is null ? throw new ConfigurationException(WishMistakes.NothingFits(wish, key, offers)) : Chosen(chosen, offers);
    }

    /// <summary>Problems that no hardware solves: a context longer than the model's, zero requests. Empty for a valid request.</summary>
    /// <param name="wish">The placement request.</param>
    /// <param name="key">As for <see cref="Place"/>.</param>
    public static IReadOnlyList<ConfigurationMistake> Mistakes(Wish wish, string key) => [.. WishMistakes.Of(wish, key)];

    /// <summary>The hardware table: every model on every size, sorted by model and price.</summary>
    /// <param name="wishes">One placement request per model.</param>
    /// <param name="sizes">Sizes to show.</param>
    /// <param name="catalog">Their cards.</param>
    public static IReadOnlyList<Fit> Table(IEnumerable<Wish> wishes, IEnumerable<GpuSize> sizes, ModelCatalog catalog)
    {
        var shown = sizes.ToList();
        return [.. wishes.SelectMany(wish => Offers(wish, shown, catalog)).Select(offer => offer.Fit)];
    }

    private static List<Offer> Offers(Wish wish, IEnumerable<GpuSize> sizes, ModelCatalog catalog) =>
        [.. sizes.Select(size => new Offer(wish, size, Of(wish, size, catalog.GpuOf(size)))).Order()];

    private static Placement Chosen(Offer chosen, IReadOnlyList<Offer> offers)
    {
        var placement = chosen.Fit.Placement!;
        return placement with
        {
            NotChosen = [.. offers.Where(offer => offer != chosen).Select(offer => offer.Refused(chosen))],
        };
    }
}
