using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Finds the hardware for a wish. Pure: the same wish and catalog give the same answer.</summary>
public static class Placer
{
    /// <summary>Holds a wish against one size, whatever its price, its region and the way it is sold.</summary>
    public static Fit Fit(Wish wish, GpuSize size, ModelCatalog catalog) => Of(wish, size, catalog.GpuOf(size));

    /// <summary>The size that is named, or the cheapest on which the wish fits.</summary>
    /// <param name="wish">Model, context length, requests at once, and what bounds the choice.</param>
    /// <param name="catalog">Sizes and cards.</param>
    /// <param name="key">Path of the endpoint in the configuration, for messages: <c>endpoints.chat</c>; empty on a command line.</param>
    /// <exception cref="ConfigurationException">The wish cannot be met: the message has the arithmetic and what would fit.</exception>
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

    /// <summary>What no hardware could meet: a context beyond the model's, no request at all. Empty when the wish makes sense.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="key">As for <see cref="Place"/>.</param>
    public static IReadOnlyList<ConfigurationMistake> Mistakes(Wish wish, string key) => [.. WishMistakes.Of(wish, key)];

    /// <summary>The hardware table: every model on every size, by model and price.</summary>
    /// <param name="wishes">One for each model.</param>
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
