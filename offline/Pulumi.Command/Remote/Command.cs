namespace Pulumi.Command.Remote;

/// <summary>Resource <c>command:remote:Command</c>.</summary>
public class Command : CustomResource
{
    public Command(string name, CommandArgs args, CustomResourceOptions? options = null)
        : base("command:remote:Command", name, args ?? new CommandArgs(), ProviderDefaults.AddTo(options, "connection"))
    {
    }

    [Output("connection")] public Output<Outputs.Connection> Connection { get; private set; } = null!;
    [Output("logging")] public Output<Logging?> Logging { get; private set; } = null!;
    [Output("stdin")] public Output<string?> Stdin { get; private set; } = null!;
    [Output("stdout")] public Output<string> Stdout { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Command"/>.</summary>
public sealed class CommandArgs : ResourceArgs
{
    [Input("addPreviousOutputInEnv")] public Input<bool>? AddPreviousOutputInEnv { get; set; }

    [field: Input("connection", required: true)]
    public Input<Inputs.ConnectionArgs>? Connection { get; set => field = ProviderDefaults.Secret(value); }

    [Input("create")] public Input<string>? Create { get; set; }
    [Input("delete")] public Input<string>? Delete { get; set; }
    [field: Input("environment")] public InputMap<string> Environment { get => field ??= []; set; }
    [Input("logging")] public Input<Logging>? Logging { get; set; }
    [Input("stdin")] public Input<string>? Stdin { get; set; }
    [field: Input("triggers")] public InputList<object> Triggers { get => field ??= []; set; }
    [Input("update")] public Input<string>? Update { get; set; }
}
