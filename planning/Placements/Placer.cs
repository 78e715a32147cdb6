using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>Selects the hardware for a placement request. Pure: the same request and catalog give the same result.</summary>
public static class Placer
{
    /// <summary>Checks a placement request against one size, whatever its price, region and availability.</summary>
    public static FitResult Fit(PlacementRequest request, GpuSize size, ModelCatalog catalog) => Of(request, size, catalog.GpuOf(size));

    /// <summary>The requested size, or the cheapest one that fits.</summary>
    /// <param name="request">The placement request.</param>
    /// <param name="catalog">Sizes and cards.</param>
    /// <param name="key">Path of the endpoint in the configuration, for messages: <c>endpoints.chat</c>; empty on a command line.</param>
    /// <exception cref="ConfigurationException">Nothing fits: the message has the calculation and the alternatives.</exception>
    public static Placement Place(PlacementRequest request, ModelCatalog catalog, string key)
    {
        var errors = Errors(request, key);
        if (errors.Count > 0)
        {
            throw new ConfigurationException(errors);
        }

        var candidates = Candidates(request, catalog.Sizes.Values, catalog);
        if (request.Size is { } slug)
        {
            var size = catalog.Size(slug, PlacementErrors.Path(key, "size"));
            var named = candidates.First(candidate => candidate.Size == size);
            var against = named.ErrorsWhenNamed(key, candidates).ToList();
            if (key.Length > 0 && !named.Fit.Fits && SettingAtFault.Of(request, key, [named], catalog) is { } fault)
            {
                against = [.. against.Take(against.Count - 1), fault];
            }
            return against.Count > 0 ? throw new ConfigurationException(against) : Chosen(named, candidates);
        }

        var chosen = candidates.FirstOrDefault(candidate => candidate.RejectionReason is null);
        return chosen is not null
            ? Chosen(chosen, candidates)
            : throw new ConfigurationException((key.Length > 0 ? SettingAtFault.Of(request, key, candidates, catalog) : null)
                ?? PlacementErrors.NothingFits(request, key, candidates));
    }

    /// <summary>Problems that no hardware solves: a context longer than the model's, zero requests. Empty for a valid request.</summary>
    /// <param name="request">The placement request.</param>
    /// <param name="key">As for <see cref="Place"/>.</param>
    public static IReadOnlyList<UserError> Errors(PlacementRequest request, string key) => [.. PlacementErrors.Of(request, key)];

    /// <summary>The hardware table: every model on every size, sorted by model and price.</summary>
    /// <param name="requests">One placement request per model.</param>
    /// <param name="sizes">Sizes to show.</param>
    /// <param name="catalog">Their cards.</param>
    public static IReadOnlyList<FitResult> Table(IEnumerable<PlacementRequest> requests, IEnumerable<GpuSize> sizes, ModelCatalog catalog)
    {
        var shown = sizes.ToList();
        return [.. requests.SelectMany(request => Candidates(request, shown, catalog)).Select(candidate => candidate.Fit)];
    }

    private static List<Candidate> Candidates(PlacementRequest request, IEnumerable<GpuSize> sizes, ModelCatalog catalog) =>
        [.. sizes.Select(size => new Candidate(request, size, Of(request, size, catalog.GpuOf(size)))).Order()];

    private static Placement Chosen(Candidate chosen, IReadOnlyList<Candidate> candidates)
    {
        var placement = chosen.Fit.Placement!;
        return placement with
        {
            Rejected = [.. candidates.Where(candidate => candidate != chosen).Select(candidate => candidate.Rejection(chosen))],
        };
    }
}
