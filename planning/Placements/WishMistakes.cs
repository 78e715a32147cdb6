using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>User errors of a placement request that cannot be satisfied.</summary>
internal static class WishMistakes
{
    /// <summary>Number of sizes in a message when none fits.</summary>
    private const int ReasonsShown = 6;

    /// <summary>Requests that no hardware can satisfy.</summary>
    public static IEnumerable<ConfigurationMistake> Of(Wish wish, string key)
    {
        if (wish.ContextLength is { } context && context < EngineDefaults.BlockTokens)
        {
            yield return About(key, "contextLength", context, $"is below one block of {EngineDefaults.BlockTokens} tokens", "8192");
        }

        if (wish.ContextLength > wish.Model.MaxContext)
        {
            var longest = wish.Model.MaxContext;
            yield return About(key, "contextLength", wish.ContextLength,
                Invariant($"is above the longest context of {wish.Model.Id}, {longest:N0} tokens"), Number(longest));
        }

        if (wish.Concurrency < 1)
        {
            yield return About(key, "concurrency", wish.Concurrency, "is not a number of requests: 1 or more", "4");
        }

        if (wish.Options.MaxNumSeqs is { } sequences && sequences < 1)
        {
            yield return About(key, "maxNumSeqs", sequences, "is not a number of requests: 1 or more", "64");
        }

        if (wish.Options.MaxNumBatchedTokens is { } tokens)
        {
            if (tokens < EngineDefaults.BlockTokens)
            {
                yield return About(key, "maxNumBatchedTokens", tokens, $"is below one block of {EngineDefaults.BlockTokens} tokens",
                    "2048");
            }
            else if (tokens < wish.Options.MaxNumSeqs)
            {
                yield return About(key, "maxNumBatchedTokens", tokens,
                    $"is less than {Path(key, "maxNumSeqs")}, {wish.Options.MaxNumSeqs}: vLLM rejects that, because each "
                        + "request needs a token per step",
                    Number(wish.Options.MaxNumSeqs.Value));
            }
            else if (wish.Options.MaxNumSeqs is null && tokens < wish.Concurrency)
            {
                yield return About(key, "maxNumBatchedTokens", tokens,
                    $"is less than {Path(key, "concurrency")}, {wish.Concurrency}: each request needs a token per step",
                    Number(wish.Concurrency));
            }
        }

        if (wish.Model.Task != ModelTask.Generate && wish.Options.MaxNumBatchedTokens < (wish.ContextLength ?? wish.Model.MaxContext))
        {
            var input = wish.ContextLength ?? wish.Model.MaxContext;
            yield return About(key, "maxNumBatchedTokens", wish.Options.MaxNumBatchedTokens,
                Invariant(
                    $"is below the context of {input:N0} tokens: {wish.Model.Id} reads an input in one step, and vLLM would not start"),
                Number(input));
        }

        if (wish.Options.GpuMemoryUtilization is { } utilization && utilization is not (> 0 and <= 1))
        {
            yield return About(key, "gpuMemoryUtilization", utilization, "is not a share of the memory: above 0, at most 1", "0.92");
        }

        if (wish.Options.TensorParallel is { } tensor && tensor < 1)
        {
            yield return About(key, "tensorParallel", tensor, "is not a number of GPUs: 1 or more", "1");
        }

        if (wish.Options.DataParallel is { } data && data < 1)
        {
            yield return About(key, "dataParallel", data, "is not a number of engines: 1 or more", "1");
        }
    }

    /// <summary>The request fits on no size within its limits.</summary>
    public static ConfigurationMistake NothingFits(Wish wish, string key, IReadOnlyList<Offer> offers)
    {
        var region = wish.Region is null ? "" : $" in {wish.Region}";
        var context = wish.ContextLength is { } length ? Invariant($" with {wish.Concurrency:N0} x {length:N0} tokens") : "";
        var reasons = offers
            .Where(offer => wish.Availability.Contains(offer.Size.Availability) || offer.IsSoldOtherwiseInRegion)
            .OrderByDescending(offer => offer.Fit.Fits && offer.IsSoldOtherwiseInRegion)
            .ThenByDescending(offer => offer.Fit.Fits)
            .ThenByDescending(offer => offer.Fit.LongestContext)
            .ThenByDescending(offer => offer.Fit.Memory?.KvGiB ?? double.MinValue)
            .Take(ReasonsShown)
            .Select(offer => $"\n  {offer.Size.Slug}: {(offer.Fit.Fits ? offer.WhyNotChosen : offer.Fit.Reason)}");
        var problem = $"fits on no size{region}{context}: {string.Concat(reasons)}";
        return new(Path(key, "model"), wish.Model.Id, problem, WayOut(wish, key, offers));
    }

    /// <summary>The command that fixes it: another size or region, or removing the setting that nothing satisfies.</summary>
    public static string WayOut(Wish wish, string key, IReadOnlyList<Offer> offers)
    {
        string Set(string setting, string value) => About(key, setting, null, "", value).Fix;
        if ((offers.FirstOrDefault(offer => offer.WhyNotChosen is null) ?? offers.FirstOrDefault(offer => offer.Fit.Fits)) is { } fitting)
        {
            // The region applies to the whole stack, but a size that the region lacks would be the next error.
            return wish.Region is not { } region || fitting.Size.Regions.Count == 0 || fitting.Size.Regions.Contains(region)
                ? Set("size", fitting.Size.Slug)
                : ConfigurationMistake.InStackConfig(key.Length == 0 ? "--region" : "region", null, "", fitting.Size.Regions[0]).Fix;
        }

        string[] split = [.. wish.Options.TensorParallel is null ? [] : new[] { "tensorParallel" },
            .. wish.Options.DataParallel is null ? [] : new[] { "dataParallel" }];
        if (split.Length > 0 && key.Length > 0)
        {
            return string.Join(" && ", split.Select(setting => $"pulumi config rm --path {SettingPath.Quoted(Path(key, setting))}"));
        }

        var within = offers.Where(offer => offer.Terms is null || offer.Size.Slug == wish.Size).Select(offer => offer.Fit.LongestContext)
            .DefaultIfEmpty().Max();
        return within >= EngineDefaults.BlockTokens
            ? Set("contextLength", Number(ContextLength.RoundDown(within)))
            : $"./infra plan --model {wish.Model.Id}";
    }

    /// <summary>The alternative size.</summary>
    public static string Instead(IReadOnlyList<Offer> offers)
    {
        var fitting = offers.FirstOrDefault(offer => offer.WhyNotChosen is null);
        return fitting is null
            ? "No other size fits"
            : Invariant($"{fitting.Size.Slug} fits, at {fitting.Size.UsdPerHour:0.00} USD/h");
    }

    /// <summary>A user error about a setting of this endpoint.</summary>
    public static ConfigurationMistake About(string key, string setting, object? value, string problem, string example) =>
        ConfigurationMistake.InStackConfig(Path(key, setting), value, problem, example);

    /// <summary>Name of a setting in messages.</summary>
    public static string Path(string key, string setting) => key.Length == 0 ? $"--{Hyphenated(setting)}" : $"{key}.{setting}";

    /// <summary><c>contextLength</c> is <c>--context</c> on the command line; all others only change their spelling.</summary>
    private static string Hyphenated(string setting) => setting == "contextLength"
        ? "context"
        : string.Concat(setting.Select(letter => char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
