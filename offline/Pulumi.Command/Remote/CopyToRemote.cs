using System.Collections.Immutable;

namespace Pulumi.Command.Remote;

/// <summary>Resource <c>command:remote:CopyToRemote</c>.</summary>
public class CopyToRemote : CustomResource
{
    public CopyToRemote(string name, CopyToRemoteArgs args, CustomResourceOptions? options = null)
        : base("command:remote:CopyToRemote", name, args ?? new CopyToRemoteArgs(), ProviderDefaults.AddTo(options, "connection"))
    {
    }

    [Output("connection")]
    public Output<Outputs.Connection> Connection { get; private set; } = null!;

    [Output("remotePath")]
    public Output<string> RemotePath { get; private set; } = null!;

    [Output("source")]
    public Output<AssetOrArchive> Source { get; private set; } = null!;

    [Output("triggers")]
    public Output<ImmutableArray<object>> Triggers { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="CopyToRemote"/>.</summary>
public sealed class CopyToRemoteArgs : ResourceArgs
{
    [field: Input("connection", required: true)]
    public Input<Inputs.ConnectionArgs>? Connection { get; set => field = ProviderDefaults.Secret(value); }

    [Input("remotePath", required: true)]
    public Input<string> RemotePath { get; set; } = null!;

    [Input("source", required: true)]
    public Input<AssetOrArchive> Source { get; set; } = null!;

    [field: Input("triggers")]
    public InputList<object> Triggers { get => field ??= []; set; }
}
