using System.Collections.Immutable;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>The option <c>ignoreChanges</c>.</summary>
internal static class IgnoredChanges
{
    /// <summary>The new inputs with the old values of ignored inputs, for comparison and update.</summary>
    public static PropertyMap PutBack(ImmutableArray<string> paths, PropertyMap before, PropertyMap after)
    {
        foreach (var path in paths)
        {
            after = PutBack(path.Split('.'), before, after);
        }
        return after;
    }

    private static PropertyMap PutBack(ReadOnlySpan<string> path, PropertyMap before, PropertyMap after)
    {
        var name = path[0];
        if (path.Length > 1 && before.Map(name) is { } inside && after.Map(name) is { } now)
        {
            return after.SetItem(name, PutBack(path[1..], inside, now));
        }
        return before.TryGetValue(name, out var value) ? after.SetItem(name, value) : after.Remove(name);
    }
}
