using System.Collections.Immutable;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>Values of a request, as the domain wants them.</summary>
internal static class Given
{
    /// <summary>A list without nulls and duplicates; empty if it was not given.</summary>
    /// <exception cref="ApiError">422: one of them is null.</exception>
    public static ImmutableArray<T> Distinct<T>(IReadOnlyList<T?>? items, string name, IEqualityComparer<T>? comparer = null)
        where T : class => [.. All(items, name).Distinct(comparer)];

    public static ImmutableArray<long> Distinct(IReadOnlyList<long>? items) => [.. (items ?? []).Distinct()];

    /// <summary>The same with duplicates.</summary>
    /// <exception cref="ApiError">422: one of them is null.</exception>
    public static ImmutableArray<T> All<T>(IReadOnlyList<T?>? items, string name)
        where T : class => [.. (items ?? []).Select(item => item ?? throw ApiError.Unprocessable($"{name} must not have null values"))];
}
