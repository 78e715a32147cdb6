namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>GetRegionsFilter</c>.</summary>
public sealed class GetRegionsFilterArgs : InvokeArgs
{
    [Input("all")]
    public bool? All { get; set; }

    [Input("key", required: true)]
    public string Key { get; set; } = null!;

    [Input("matchBy")]
    public string? MatchBy { get; set; }

    [field: Input("values", required: true)]
    public List<string> Values { get => field ??= []; set; }
}

/// <summary>Argument <c>GetRegionsFilter</c>.</summary>
public sealed class GetRegionsFilterInputArgs : ResourceArgs
{
    [Input("all")]
    public Input<bool>? All { get; set; }

    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("matchBy")]
    public Input<string>? MatchBy { get; set; }

    [field: Input("values", required: true)]
    public InputList<string> Values { get => field ??= []; set; }
}

/// <summary>Argument <c>GetRegionsSort</c>.</summary>
public sealed class GetRegionsSortArgs : InvokeArgs
{
    [Input("direction")]
    public string? Direction { get; set; }

    [Input("key", required: true)]
    public string Key { get; set; } = null!;
}

/// <summary>Argument <c>GetRegionsSort</c>.</summary>
public sealed class GetRegionsSortInputArgs : ResourceArgs
{
    [Input("direction")]
    public Input<string>? Direction { get; set; }

    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;
}
