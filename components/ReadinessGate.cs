using System.Globalization;
using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>Arguments of <see cref="ReadinessGate"/>.</summary>
public sealed class ReadinessGateArgs : ResourceArgs
{
    /// <summary>Connection to the node.</summary>
    public required NodeConnection Connection { get; init; }

    /// <summary>Values that identify the node or restart it: the gate waits again when one changes.</summary>
    public required IReadOnlyList<Input<string>> Triggers { get; init; }

    /// <summary>
    /// Changes in each <c>pulumi up</c>, so that each run checks the node, which may have failed since. A preview neither connects nor
    /// shows it. Default: only after changes.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>Dependencies. Default: none.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];

    /// <summary>Timeout in seconds.</summary>
    [Input("timeoutSeconds", required: true)]
    public required Input<int> TimeoutSeconds { get; init; }
}

/// <summary>
/// Ends when the node has answered a real request. Otherwise the deployment fails with the phase, the cause and the last log lines.
/// </summary>
public sealed class ReadinessGate : ComponentResource
{
    public ReadinessGate(string name, ReadinessGateArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:ReadinessGate", name, args, options)
    {
        var ask = args.TimeoutSeconds.ToOutput().Apply(static seconds =>
            NodeCommand.Script("await-ready", seconds.ToString(CultureInfo.InvariantCulture)));
        Command = new Command($"{name}-ready", new()
        {
            Connection = args.Connection.ToArgs(),
            Create = ask,
            Triggers = NodeCommand.Triggers(args.Triggers),
            AddPreviousOutputInEnv = false,
        }, new() { Parent = this, DependsOn = args.After.ToArray() });
        // The check in each run is a separate command that nothing depends on: a failed node fails the run but does not delay changes of
        // other nodes.
        var asksNow = !Deployment.Instance.IsDryRun;
        _ = new Command($"{name}-serving", new()
        {
            Connection = args.Connection.ToArgs(),
            Create = ask,
            AddPreviousOutputInEnv = false,
            // The script ignores it: an input whose change runs the command again without a replacement.
            Stdin = asksNow && args.Run is { } run ? (Input<string>)run : null!,
        }, new() { Parent = this, DependsOn = Command, IgnoreChanges = asksNow ? [] : ["stdin"] });
        // Explicitly not secret, even if a provider release marks outputs next to secret inputs: the script prints phases and seconds, no
        // secrets, and the operator should see them.
        PhaseTimeline = Output.Unsecret(Command.Stdout);
        RegisterOutputs();
    }

    /// <summary>The phase timeline: one JSON document per line, as the node wrote it.</summary>
    [Output("ledger")]
    public Output<string> PhaseTimeline { get; private init; }

    /// <summary>The command that waits, for dependencies.</summary>
    public Command Command { get; }
}
