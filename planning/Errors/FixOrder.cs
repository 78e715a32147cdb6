namespace Infra.Planning.Errors;

/// <summary>Orders and merges the fixes of several errors, so that all of them can be run as printed.</summary>
internal static class FixOrder
{
    /// <summary>
    /// Each error once. Fixes that remove an element of a list come last, because they change the index of all later elements. A fix that
    /// would set a second element of a list to the same value removes it instead.
    /// </summary>
    public static IReadOnlyList<UserError> Of(IEnumerable<UserError> errors)
    {
        var set = new HashSet<(string List, string Word)>();
        return [.. errors
            .Distinct()
            .Select(error => SetElement(error) is { } element && !set.Add(element)
                ? error.With(ConfigFix.Remove(error.Commands!.Steps[0].Path))
                : error)
            .OrderBy(error => error.Commands?.RemovedElement is not null)
            .ThenBy(error => error.Commands?.RemovedElement?.List, StringComparer.Ordinal)
            .ThenByDescending(error => error.Commands?.RemovedElement?.Index)];
    }

    private static (string List, string Word)? SetElement(UserError error) =>
        error.Commands?.Steps is [SetStep step] && ConfigPath.Parse(step.Path) is [.. var list, int]
            ? (ConfigPath.Of(list), step.Word)
            : null;
}
