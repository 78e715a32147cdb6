namespace Infra.Planning.Errors;

/// <summary>Orders and merges the fixes of several errors, so that all of them can be run as printed.</summary>
internal static class FixOrder
{
    /// <summary>
    /// Each error once. Fixes that remove a setting come after those of what is in it, which would set it again. Fixes that remove an
    /// element of a list come last, because they change the index of all later elements. A fix that would set a second element of a list
    /// to the same value removes it instead.
    /// </summary>
    public static IReadOnlyList<UserError> Of(IEnumerable<UserError> errors)
    {
        var set = new HashSet<(string List, string Word)>();
        UserError[] fixable = [.. errors
            .Distinct()
            .Select(error => SetElement(error) is { } element && !set.Add(element)
                ? error.With(ConfigFix.Remove(error.Commands!.Steps[0].Path))
                : error)];
        return [.. fixable
            .OrderBy(error => error.Commands?.RemovedElement is not null)
            .ThenBy(error => RemovesWhatAnotherSets(error, fixable))
            .ThenBy(error => error.Commands?.RemovedElement?.List, StringComparer.Ordinal)
            .ThenByDescending(error => error.Commands?.RemovedElement?.Index)];
    }

    private static bool RemovesWhatAnotherSets(UserError error, UserError[] others) =>
        error.Commands is { RemovedElement: null, Steps: [RemoveStep { IsKey: false } removed] }
        && ConfigPath.Parse(removed.Path) is var parts
        && Array.Exists(others, other =>
            other.Commands?.Steps.Any(step => !step.IsKey && IsBelow(ConfigPath.Parse(step.Path), parts)) == true);

    private static bool IsBelow(object[] inner, object[] outer) =>
        inner.Length > outer.Length && inner.Take(outer.Length).SequenceEqual(outer);

    private static (string List, string Word)? SetElement(UserError error) =>
        error.Commands?.Steps is [SetStep step] && ConfigPath.Parse(step.Path) is [.. var list, int]
            ? (ConfigPath.Of(list), step.Word)
            : null;
}
