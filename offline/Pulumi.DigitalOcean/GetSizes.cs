using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Function <c>digitalocean:index/getSizes:getSizes</c>.</summary>
public static class GetSizes
{
    private const string Token = "digitalocean:index/getSizes:getSizes";

    public static Task<GetSizesResult> InvokeAsync(GetSizesArgs? args = null, InvokeOptions? options = null) =>
        Deployment.Instance.InvokeAsync<GetSizesResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));

    public static Output<GetSizesResult> Invoke(GetSizesInvokeArgs? args = null, InvokeOptions? options = null) =>
        Deployment.Instance.Invoke<GetSizesResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));

    public static Output<GetSizesResult> Invoke(GetSizesInvokeArgs args, InvokeOutputOptions options) =>
        Deployment.Instance.Invoke<GetSizesResult>(Token, args ?? new(), ProviderDefaults.AddTo(options));
}

/// <summary>Arguments of <see cref="GetSizes"/> that are all there.</summary>
public sealed class GetSizesArgs : InvokeArgs
{
    [field: Input("filters")] public List<Inputs.GetSizesFilterArgs> Filters { get => field ??= []; set; }
    [field: Input("sorts")] public List<Inputs.GetSizesSortArgs> Sorts { get => field ??= []; set; }
}

/// <summary>Arguments of <see cref="GetSizes"/>.</summary>
public sealed class GetSizesInvokeArgs : InvokeArgs
{
    [field: Input("filters")] public InputList<Inputs.GetSizesFilterInputArgs> Filters { get => field ??= []; set; }
    [field: Input("sorts")] public InputList<Inputs.GetSizesSortInputArgs> Sorts { get => field ??= []; set; }
}

/// <summary>Output <c>GetSizesResult</c>.</summary>
[OutputType]
public sealed class GetSizesResult
{
    public readonly string Id;
    public readonly ImmutableArray<Outputs.GetSizesSizeResult> Sizes;

    private GetSizesResult() { }
}
