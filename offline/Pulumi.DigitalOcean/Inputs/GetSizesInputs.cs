namespace Pulumi.DigitalOcean.Inputs;

/// <summary>Argument <c>GetSizesFilter</c>.</summary>
public sealed class GetSizesFilterArgs : InvokeArgs
{
    [Input("all")] public bool? All { get; set; }
    [Input("key", required: true)] public string Key { get; set; } = null!;
    [Input("matchBy")] public string? MatchBy { get; set; }
    [field: Input("values", required: true)] public List<string> Values { get => field ??= []; set; }
}

/// <summary>Argument <c>GetSizesFilter</c>.</summary>
public sealed class GetSizesFilterInputArgs : ResourceArgs
{
    [Input("all")] public Input<bool>? All { get; set; }
    [Input("key", required: true)] public Input<string> Key { get; set; } = null!;
    [field: Input("values", required: true)] public InputList<string> Values { get => field ??= []; set; }
}

/// <summary>Argument <c>GetSizesSort</c>.</summary>
public sealed class GetSizesSortArgs : InvokeArgs
{
    [Input("direction")] public string? Direction { get; set; }
    [Input("key", required: true)] public string Key { get; set; } = null!;
}

/// <summary>Argument <c>GetSizesSort</c>.</summary>
public sealed class GetSizesSortInputArgs : ResourceArgs
{
    [Input("direction")] public Input<string>? Direction { get; set; }
    [Input("key", required: true)] public Input<string> Key { get; set; } = null!;
}
