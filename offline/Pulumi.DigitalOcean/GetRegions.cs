using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Function <c>digitalocean:index/getRegions:getRegions</c>.</summary>
public static class GetRegions
{
    private const string Token = "digitalocean:index/getRegions:getRegions";

    public static Task<GetRegionsResult> InvokeAsync(GetRegionsArgs? args = null, InvokeOptions? options = null) =>
        Deployment.Instance.InvokeAsync<GetRegionsResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));

    public static Output<GetRegionsResult> Invoke(GetRegionsInvokeArgs? args = null, InvokeOptions? options = null) =>
        Deployment.Instance.Invoke<GetRegionsResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));

    public static Output<GetRegionsResult> Invoke(GetRegionsInvokeArgs args, InvokeOutputOptions options) =>
        Deployment.Instance.Invoke<GetRegionsResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));
}

/// <summary>Arguments of <see cref="GetRegions"/> that are all there.</summary>
public sealed class GetRegionsArgs : InvokeArgs
{
    [field: Input("filters")]
    public List<Inputs.GetRegionsFilterArgs> Filters { get => field ??= []; set; }

    [field: Input("sorts")]
    public List<Inputs.GetRegionsSortArgs> Sorts { get => field ??= []; set; }
}

/// <summary>Arguments of <see cref="GetRegions"/>.</summary>
public sealed class GetRegionsInvokeArgs : InvokeArgs
{
    [field: Input("filters")]
    public InputList<Inputs.GetRegionsFilterInputArgs> Filters { get => field ??= []; set; }

    [field: Input("sorts")]
    public InputList<Inputs.GetRegionsSortInputArgs> Sorts { get => field ??= []; set; }
}

/// <summary>Output <c>GetRegionsResult</c>.</summary>
[OutputType]
public sealed class GetRegionsResult
{
    public readonly ImmutableArray<Outputs.GetRegionsFilterResult> Filters;
    public readonly string Id;
    public readonly ImmutableArray<Outputs.GetRegionsRegionResult> Regions;
    public readonly ImmutableArray<Outputs.GetRegionsSortResult> Sorts;

    internal GetRegionsResult(
        ImmutableArray<Outputs.GetRegionsFilterResult> filters,
        string id,
        ImmutableArray<Outputs.GetRegionsRegionResult> regions,
        ImmutableArray<Outputs.GetRegionsSortResult> sorts)
    {
        Filters = filters;
        Id = id;
        Regions = regions;
        Sorts = sorts;
    }
}
