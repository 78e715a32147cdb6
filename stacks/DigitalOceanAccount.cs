using System.Collections.Immutable;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Outputs;

namespace Infra.Stacks;

/// <summary>What DigitalOcean offers and has now. The first calls of a deployment that need an account and a network.</summary>
internal static class DigitalOceanAccount
{
    /// <summary>The sizes that it offers.</summary>
    /// <exception cref="ConfigurationException">The call to DigitalOcean failed; the message has the reason and the fix.</exception>
    public static async Task<IReadOnlyList<LiveSize>> SizesAsync()
    {
        var sizes = await AskAsync(ProviderQuestion.Sizes, async () => (await GetSizes.InvokeAsync().ConfigureAwait(false))?.Sizes)
            .ConfigureAwait(false);
        return [.. sizes.Where(IsReadable)
            .Select(size => new LiveSize(size.Slug, Regions(size), size.Available, (decimal)size.PriceHourly))];
    }

    /// <summary>Names of all tags in the account.</summary>
    /// <exception cref="ConfigurationException">The call to DigitalOcean failed; the message has the reason and the fix.</exception>
    public static async Task<IReadOnlyList<string>> TagsAsync()
    {
        var tags = await AskAsync(ProviderQuestion.Tags, async () => (await GetTags.InvokeAsync().ConfigureAwait(false))?.Tags)
            .ConfigureAwait(false);
        return [.. tags.Select(tag => tag.Name).Where(name => name is { Length: > 0 })];
    }

    private static async Task<ImmutableArray<T>> AskAsync<T>(ProviderQuestion question, Func<Task<ImmutableArray<T>?>> call)
    {
        ImmutableArray<T> rows;
        try
        {
            rows = await call().ConfigureAwait(false) ?? default;
        }
        // The SDK has no public exception for a failed call: it is gRPC's or a private one, and with mocks any.
        catch (Exception exception) when (exception is not (RunException or OperationCanceledException))
        {
            throw new ConfigurationException(ProviderFailure.Explain(exception.Message, ProviderToken.Find(), question));
        }

        return rows.IsDefault
            ? throw new ConfigurationException(
                ProviderFailure.Explain($"the response has no list of {question.What}", ProviderToken.Find(), question))
            : rows;
    }

    // A row that cannot be parsed counts as unavailable: the check reports it if the plan needs it.
    private static bool IsReadable(GetSizesSizeResult size) => size is { Slug.Length: > 0, PriceHourly: >= 0 and < 1e6 };

    private static ImmutableArray<string> Regions(GetSizesSizeResult size) => size.Regions.IsDefault ? [] : size.Regions;
}
