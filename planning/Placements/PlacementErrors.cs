using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>User errors of a placement request that cannot be satisfied.</summary>
internal static class PlacementErrors
{
    /// <summary>Number of sizes in a message when none fits.</summary>
    private const int ReasonsShown = 6;

    /// <summary>Requests that no hardware can satisfy.</summary>
    public static IEnumerable<UserError> Of(PlacementRequest request, string key)
    {
        if (request.ContextLength is { } context && context < EngineDefaults.BlockTokens)
        {
            yield return About(key, "contextLength", context, $"is below one block of {EngineDefaults.BlockTokens} tokens", "8192");
        }

        if (request.ContextLength > request.Model.MaxContext)
        {
            var longest = request.Model.MaxContext;
            yield return About(key, "contextLength", request.ContextLength,
                Invariant($"is above the longest context of {request.Model.Id}, {longest:N0} tokens"), Number(longest));
        }

        if (request.Concurrency < 1)
        {
            yield return About(key, "concurrency", request.Concurrency, "is not a number of requests: 1 or more", "4");
        }

        if (request.Options.MaxNumSeqs is { } sequences && sequences < 1)
        {
            yield return About(key, "maxNumSeqs", sequences, "is not a number of requests: 1 or more", "64");
        }
        // On a size that the config names, several engines may hold what one cannot. Without a name, it would choose a larger size.
        else if (request.Size is null && request.Options.MaxNumSeqs < request.Concurrency)
        {
            yield return About(key, "maxNumSeqs", request.Options.MaxNumSeqs,
                $"is less than {Path(key, "concurrency")}, {request.Concurrency}: an engine works on no more requests at once",
                Number(request.Concurrency));
        }

        if (request.Options.MaxNumBatchedTokens is { } tokens)
        {
            if (tokens < EngineDefaults.BlockTokens)
            {
                yield return About(key, "maxNumBatchedTokens", tokens, $"is below one block of {EngineDefaults.BlockTokens} tokens",
                    "2048");
            }
            else if (tokens < request.Options.MaxNumSeqs)
            {
                yield return About(key, "maxNumBatchedTokens", tokens,
                    $"is less than {Path(key, "maxNumSeqs")}, {request.Options.MaxNumSeqs}: vLLM rejects that, because each "
                        + "request needs a token per step",
                    Number(request.Options.MaxNumSeqs.Value));
            }
            else if (request.Options.MaxNumSeqs is null && tokens < request.Concurrency)
            {
                yield return About(key, "maxNumBatchedTokens", tokens,
                    $"is less than {Path(key, "concurrency")}, {request.Concurrency}: each request needs a token per step",
                    Number(request.Concurrency));
            }
        }

        var input = request.ContextLength ?? request.Model.MaxContext;
        if (request.Model.Task != ModelTask.Generate && request.Options.MaxNumBatchedTokens < input)
        {
            yield return About(key, "maxNumBatchedTokens", request.Options.MaxNumBatchedTokens,
                Invariant(
                    $"is below the context of {input:N0} tokens: {request.Model.Id} reads an input in one step, and vLLM would not start"),
                Number(input));
        }

        if (request.Options.GpuMemoryUtilization is { } utilization && utilization is not (> 0 and <= 1))
        {
            yield return About(key, "gpuMemoryUtilization", utilization, "is not a share of the memory: above 0, at most 1", "0.92");
        }

        if (request.Options.TensorParallel is { } tensor && tensor < 1)
        {
            yield return About(key, "tensorParallel", tensor, "is not a number of GPUs: 1 or more", "1");
        }

        if (request.Options.DataParallel is { } data && data < 1)
        {
            yield return About(key, "dataParallel", data, "is not a number of engines: 1 or more", "1");
        }
    }

    /// <summary>The request fits on no size within its limits.</summary>
    public static UserError NothingFits(PlacementRequest request, string key, IReadOnlyList<Candidate> candidates)
    {
        var region = request.Region is null ? "" : $" in {request.Region}";
        var context = request.ContextLength is { } length ? Invariant($" with {request.Concurrency:N0} x {length:N0} tokens") : "";
        var reasons = candidates
            .Where(candidate => request.Availability.Contains(candidate.Size.Availability) || candidate.IsSoldOtherwiseInRegion)
            .OrderByDescending(candidate => candidate.Fit.Fits && candidate.IsSoldOtherwiseInRegion)
            .ThenByDescending(candidate => candidate.Fit.Fits)
            .ThenByDescending(candidate => candidate.Fit.LongestContext)
            .ThenByDescending(candidate => candidate.Fit.Memory?.KvGiB ?? double.MinValue)
            .Take(ReasonsShown)
            .Select(candidate => $"\n  {candidate.Size.Slug}: {(candidate.Fit.Fits ? candidate.RejectionReason : candidate.Fit.Reason)}");
        var problem = $"fits on no size{region}{context}: {string.Concat(reasons)}";
        return WayOut(new(Path(key, "model"), request.Model.Id, problem, ""), request, key, candidates);
    }

    /// <summary>
    /// The error with the command that fixes it: another size, region or context; else the options of <c>plan</c> that show what each size
    /// lacks. The region and the sales terms have an error of their own, because the fix changes them.
    /// </summary>
    public static UserError WayOut(UserError error, PlacementRequest request, string key, IReadOnlyList<Candidate> candidates)
    {
        if (key.Length > 0 && request.Size is null && !request.Availability.Contains(Availability.OnDemand)
            && candidates.Any(candidate => candidate.IsSoldOtherwiseInRegion && candidate.Size.Availability == Availability.OnDemand))
        {
            var path = Path(key, "availability");
            return new(path, string.Join(", ", request.Availability.Select(terms => CatalogWords.Of(terms))),
                $"leaves no size: {request.Model.Id} {error.Problem}",
                ConfigFix.Set(ConfigPath.Element(path, 0), CatalogWords.Of(Availability.OnDemand)));
        }

        if ((candidates.FirstOrDefault(candidate => candidate.RejectionReason is null)
            ?? candidates.FirstOrDefault(candidate => candidate.Fit.Fits)) is { } fitting)
        {
            // The region applies to the whole stack, but a size that the region lacks would be the next error.
            return request.Region is not { } region || fitting.Size.Regions.Count == 0 || fitting.Size.Regions.Contains(region)
                ? Setting(error, Path(key, "size"), fitting.Size.Slug)
                : Setting(
                    key.Length == 0 ? error : error with
                    {
                        Key = "region",
                        Value = region,
                        Problem = $"is no region for {key}: {request.Model.Id} {error.Problem}",
                    },
                    key.Length == 0 ? "--region" : "region", fitting.Size.Regions[0]);
        }

        string[] split = [.. request.Options.TensorParallel is null ? [] : new[] { "tensorParallel" },
            .. request.Options.DataParallel is null ? [] : new[] { "dataParallel" }];
        if (split.Length > 0 && key.Length > 0)
        {
            var at = error with
            {
                Key = Path(key, split[0]),
                Value = request.Options.TensorParallel ?? request.Options.DataParallel,
                Problem = $"does not fit: {request.Model.Id} {error.Problem}",
            };
            return at.With(new([.. split.Select(setting => new RemoveStep(Path(key, setting)))]));
        }

        var within = candidates.Where(candidate => candidate.Terms is null || candidate.Size.Slug == request.Size)
            .Select(candidate => candidate.Fit.LongestContext)
            .DefaultIfEmpty().Max();
        return within >= EngineDefaults.BlockTokens
            ? Setting(error, Path(key, "contextLength"), Number(ContextLength.RoundDown(within)))
            : error with { Fix = $"--model {request.Model.Id}" };
    }

    private static UserError Setting(UserError error, string path, string value) => path.StartsWith("--", StringComparison.Ordinal)
        ? error with { Fix = UserError.InStackConfig(path, null, "", value).Fix }
        : error.With(ConfigFix.Set(path, value));

    /// <summary>The alternative size.</summary>
    public static string Instead(IReadOnlyList<Candidate> candidates)
    {
        var fitting = candidates.FirstOrDefault(candidate => candidate.RejectionReason is null);
        return fitting is null
            ? "No other size fits"
            : Invariant($"{fitting.Size.Slug} fits, at {fitting.Size.UsdPerHour:0.00} USD/h");
    }

    /// <summary>A user error about a setting of this endpoint.</summary>
    public static UserError About(string key, string setting, object? value, string problem, string example) =>
        UserError.InStackConfig(Path(key, setting), value, problem, example);

    /// <summary>Name of a setting in messages.</summary>
    public static string Path(string key, string setting) => key.Length == 0 ? $"--{Hyphenated(setting)}" : $"{key}.{setting}";

    /// <summary><c>contextLength</c> is <c>--context</c> on the command line; all others only change their spelling.</summary>
    private static string Hyphenated(string setting) => setting == "contextLength"
        ? "context"
        : string.Concat(setting.Select(letter => char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
