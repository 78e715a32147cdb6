using System.Globalization;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>
/// Tries the fixes of all errors together, so that the config is right after them: what they would leave wrong is an error of the same
/// message, and what they cost is said.
/// </summary>
internal static class FixReview
{
    // Each round is a plan. Two or three are enough where a fix is an example that other settings do not go with.
    private const int MostRounds = 8;

    // Each needs a plan of its own.
    private const int MostPriced = 10;

    // Only a hostile file has more; each error makes a round longer.
    private const int MostErrors = 200;

    /// <summary>Settings of an endpoint that decide its hardware, or how much of it there is.</summary>
    private static readonly HashSet<string> s_priced =
    [
        "model", "size", "contextLength", "concurrency", "availability", "replicas", "vision", "tensorParallel", "dataParallel",
        "gpuMemoryUtilization", "maxNumBatchedTokens", "maxNumSeqs", "kvCacheDtype", "cacheVolumeGiB",
    ];

    /// <param name="errors">Errors of a config, in the order of their fixes.</param>
    /// <param name="config">The config.</param>
    /// <param name="read">Reads and plans a changed config.</param>
    public static IReadOnlyList<UserError> Of(IReadOnlyList<UserError> errors, IReadOnlyDictionary<string, string> config,
        Func<IReadOnlyDictionary<string, string>, StackPlan> read)
    {
        errors = WithoutFollowUps(errors);
        for (var round = 0; round < MostRounds && errors.Count <= MostErrors; round++)
        {
            if (ConfigEdits.Apply(config, errors.Select(error => error.Commands).OfType<ConfigFix>()) is not { } changed)
            {
                return errors;
            }
            try
            {
                return Priced(errors, read(changed), changed, read);
            }
            catch (ConfigurationException exception)
            {
                // Errors without a command remain.
                var left = exception.Errors.Where(next => next.Commands is not null || !errors.Contains(next)).ToList();
                if (left.Count == 0)
                {
                    return errors;
                }
                var together = Together(errors, left);
                if (together.Distinct().Count() < together.Count)
                {
                    return errors; // a fix that does not fix would be there again in each round
                }
                errors = together;
            }
        }
        return errors;
    }

    /// <summary>
    /// Without settings that are missing only until the fix of another error moves them to their place: a fix of their own would replace
    /// what was written.
    /// </summary>
    private static IReadOnlyList<UserError> WithoutFollowUps(IReadOnlyList<UserError> errors)
    {
        var moved = errors.Where(error => error.Commands?.Steps[0] is RemoveStep)
            .SelectMany(error => error.Commands!.Steps.Skip(1).Where(step => step is SetStep or SetSecretStep)
                .Select(step => (Error: error, Path: ConfigPath.Parse(step.Path))))
            .ToList();
        return [.. errors.Where(error => error.Value is not null || !error.Problem.StartsWith("is missing", StringComparison.Ordinal)
            || !moved.Exists(other => other.Error != error && IsAtOrBelow(other.Path, ConfigPath.Parse(error.Key))))];
    }

    private static bool IsAtOrBelow(object[] path, object[] other) =>
        path.AsSpan().StartsWith(other);

    /// <summary>Errors, and those that are left after their fixes. For the same setting, the later fix is the right one.</summary>
    private static List<UserError> Together(IReadOnlyList<UserError> errors, IReadOnlyList<UserError> left)
    {
        var all = errors.ToList();
        foreach (var next in left)
        {
            // The fix of the same setting by another one, as the size of a model, is an error of its own.
            var same = next.Commands?.Steps[^1].Path != next.Key ? -1
                : all.FindIndex(error => error.Key == next.Key && error.Commands?.Steps[^1] is { } last && last.Path == next.Key
                    && (last is SetStep || !last.Path.EndsWith(']'))); // other elements have the index of one that was removed
            if (same >= 0 && next.Commands is { } better)
            {
                var earlier = all[same].Commands!.Steps;
                all[same] = all[same].With(new([.. earlier.Take(earlier.Count - 1), .. better.Steps]));
            }
            else
            {
                all.Add(next);
            }
        }
        return all;
    }

    private static List<UserError> Priced(IReadOnlyList<UserError> errors, StackPlan plan, IReadOnlyDictionary<string, string> changed,
        Func<IReadOnlyDictionary<string, string>, StackPlan> read)
    {
        var budget = MostPriced;
        return [.. errors.Select(error =>
        {
            if (error is { Key: "region", Value: not null } && plan.UsdPerHour is { } total)
            {
                return error with { Problem = $"{error.Problem}; with the fix the stack costs {Usd(total)} USD/h" };
            }
            if (Priced(error, plan) is not var (endpoint, member, step) || endpoint.UsdPerHour is not { } price || budget-- <= 0)
            {
                return error;
            }
            var (before, when) = Before(error, endpoint, member, step, plan, changed, read);
            return before == price ? error : error with
            {
                Problem = error.Problem + (error.Problem[^1] is '?' or '.' ? " With" : "; with")
                    + $" the fix {endpoint.Name} costs {Usd(price)} USD/h"
                    + (before is { } other ? $", and {when} {Usd(other)}" : ""),
            };
        })];
    }

    /// <summary>The endpoint whose hardware the fix decides, and the setting.</summary>
    private static (EndpointPlan Endpoint, string Member, ConfigStep Step)? Priced(UserError error, StackPlan plan) =>
        error.Commands?.Steps[^1] is { } step && ConfigPath.Parse(step.Path) is ["endpoints", string name, string member]
            && s_priced.Contains(member) && plan.Endpoints.FirstOrDefault(endpoint => endpoint.Name == name) is { } endpoint
            ? (endpoint, member, step)
            : null;

    /// <summary>What it costs on the size that is written, or without the wrong setting.</summary>
    private static (decimal? UsdPerHour, string When) Before(UserError error, EndpointPlan endpoint, string member, ConfigStep step,
        StackPlan plan, IReadOnlyDictionary<string, string> changed, Func<IReadOnlyDictionary<string, string>, StackPlan> read)
    {
        if (member == "size" && error.Value is string slug && plan.Catalog.Sizes.GetValueOrDefault(slug)?.UsdPerHour is { } written)
        {
            return ((endpoint with { DropletUsdPerHour = written }).UsdPerHour, $"on {slug}");
        }
        if (member == "model" || step is RemoveStep || ConfigEdits.Apply(changed, [ConfigFix.Remove(step.Path)]) is not { } without)
        {
            return (null, "");
        }
        try
        {
            return (read(without).Endpoints.First(other => other.Name == endpoint.Name).UsdPerHour, $"without {member}");
        }
        catch (ConfigurationException)
        {
            return (null, "");
        }
    }

    private static string Usd(decimal price) => price.ToString("0.00", CultureInfo.InvariantCulture);
}
