using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Placements;

namespace Infra.Cli.Plan;

/// <summary>All models on all sizes.</summary>
internal static class PlanTable
{
    public static IReadOnlyList<FitResult> Of(PlanQuery query)
    {
        var catalog = query.Catalog;
        CheckRegion(query);
        var models = query.Models.Count > 0
            ? query.Models.Select(id => catalog.Model(id, "--model")).ToArray()
            : [.. catalog.Models.Values];
        // A size from --size is evaluated even if it would not be selected automatically.
        var named = query.Sizes.Select(slug => catalog.Size(slug, "--size")).ToArray();
        var requests = models.Select(model => Request(query, model)).ToArray();
        var possible = requests.Where(request => Placer.Errors(request, key: "").Count == 0).ToArray();
        if (possible.Length == 0 || (query.Models.Count > 0 && possible.Length < requests.Length))
        {
            throw new ConfigurationException(requests.SelectMany(request => Placer.Errors(request, key: "")).Distinct());
        }

        // In the table of all models, a model that does not support the requested context gets a row with the reason.
        var sizes = named.Length > 0 ? named : [.. catalog.Sizes.Values.Where(size => IsOffered(size, query))];
        return [.. possible.SelectMany(request => (named.Length > 0
                ? named.Select(size => Placer.Fit(request with { Size = size.Slug }, size, catalog))
                : Placer.Table([request], sizes, catalog)).Select(fit => Served(fit, request, catalog))),
            .. from request in requests.Except(possible) from size in sizes select Impossible(request, size)];
    }

    /// <summary>A region without sizes is an error: an empty table would look as if nothing fits.</summary>
    private static void CheckRegion(PlanQuery query)
    {
        if (query.Region is { } region && RegionCheck.Of("--region", region, query.Catalog) is { } error)
        {
            throw new ConfigurationException(error);
        }
    }

    /// <summary>A model does not fit if no allowed release can serve it: the checks of a stack, for either way to install vLLM.</summary>
    private static FitResult Served(FitResult fit, PlacementRequest request, ModelCatalog catalog)
    {
        var refusals = Enum.GetValues<EngineInstall>().Select(install => catalog.WhyNot(
            request.Engine, request.Model, catalog.GpuOf(fit.Size).Vendor, install, request.Options.KvCache)).ToArray();
        var served = fit.Obstacle is FitObstacle.Format or FitObstacle.Untested || Array.Exists(refusals, refusal => refusal is null);
        return served ? fit : fit with
        {
            Fits = false,
            Obstacle = FitObstacle.Engine,
            Reason = refusals[0]!,
            Placement = null,
            LongestContext = 0,
            MostRequests = 0,
            MostRequestsWith = null,
            MostKvTokens = 0,
        };
    }

    private static FitResult Impossible(PlacementRequest request, GpuSize size) => new()
    {
        Model = request.Model,
        Size = size,
        Fits = false,
        Obstacle = FitObstacle.Request,
        Reason = string.Join("; ", Placer.Errors(request, key: "").Select(error => $"{error.Key} {error.Value} {error.Problem}")),
        LongestContext = 0,
    };

    private static bool IsOffered(GpuSize size, PlanQuery query) =>
        query.Availability.Contains(size.Availability) && (query.Region is null || size.Regions.Contains(query.Region));

    private static PlacementRequest Request(PlanQuery query, ModelSpec model) => new()
    {
        Model = model,
        Engine = query.Engine is { } version
            ? query.Catalog.Engine(version, "--engine")
            : query.Catalog.NewestEngineFor(model, GpuVendor.Nvidia, EngineInstall.Container, query.Options.KvCache, "--engine"),
        ContextLength = query.ContextLength,
        Concurrency = query.Concurrency,
        Region = query.Region,
        Availability = query.Availability,
        Options = query.Options,
    };
}
