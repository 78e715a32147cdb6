using System.Collections.Immutable;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Outputs;

namespace Infra.Stacks;

/// <summary>The sizes that DigitalOcean offers now. The first call of a deployment that needs an account and a network.</summary>
internal static class DigitalOceanSizes
{
    /// <exception cref="ConfigurationException">The call to DigitalOcean failed; the message has the reason and the fix.</exception>
    public static async Task<IReadOnlyList<LiveSize>> AskAsync()
    {
        GetSizesResult answer;
        try
        {
            answer = await GetSizes.InvokeAsync().ConfigureAwait(false);
        }
        // The SDK has no public exception for a failed call: it is gRPC's or a private one, and with mocks any.
        catch (Exception exception) when (exception is not (RunException or OperationCanceledException))
        {
            throw new ConfigurationException(ProviderFailure.Explain(exception.Message, ProviderToken.Find()));
        }

        var sizes = answer?.Sizes ?? default;
        return sizes.IsDefault
            ? throw new ConfigurationException(ProviderFailure.Explain("the response has no list of sizes", ProviderToken.Find()))
            : [.. sizes.Where(IsReadable)
                .Select(size => new LiveSize(size.Slug, Regions(size), size.Available, (decimal)size.PriceHourly))];
    }

    // A row that cannot be parsed counts as unavailable: the check reports it if the plan needs it.
    private static bool IsReadable(GetSizesSizeResult size) => size is { Slug.Length: > 0, PriceHourly: >= 0 and < 1e6 };

    private static ImmutableArray<string> Regions(GetSizesSizeResult size) => size.Regions.IsDefault ? [] : size.Regions;
}
