using System.Globalization;
using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>Arguments of <see cref="ReadinessGate"/>.</summary>
public sealed class ReadinessGateArgs : ResourceArgs
{
    /// <summary>Way to the node.</summary>
    public required NodeConnection Connection { get; init; }

    /// <summary>What makes the node another one, or makes it start anew: each change waits again.</summary>
    public required IReadOnlyList<Input<string>> Triggers { get; init; }

    /// <summary>
    /// Differs with each run of <c>pulumi up</c>, so that each asks the node, which may have failed since its start. A preview neither
    /// connects nor shows it. Default: the node is asked after changes alone.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>What must be done before. Default: nothing.</summary>
    public IReadOnlyList<Resource> After { get; init; } = [];

    /// <summary>Longest wait, in seconds.</summary>
    [Input("timeoutSeconds", required: true)]
    public required Input<int> TimeoutSeconds { get; init; }
}

/// <summary>
/// Ends when the node has answered a real completion. It fails with the phase, the cause and the last lines of its log, and the
/// deployment with it.
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
        // The question of each run is a command of its own that nothing waits for: a node that has failed since ends the run, and none of
        // the changes of other nodes waits for it.
        var asksNow = !Deployment.Instance.IsDryRun;
        _ = new Command($"{name}-serving", new()
        {
            Connection = args.Connection.ToArgs(),
            Create = ask,
            AddPreviousOutputInEnv = false,
            // Which the script does not read: an input whose change runs the command again and replaces nothing.
            Stdin = asksNow && args.Run is { } run ? (Input<string>)run : null!,
        }, new() { Parent = this, DependsOn = Command, IgnoreChanges = asksNow ? [] : ["stdin"] });
        // Said on purpose, whatever a release of the provider makes of an output beside a secret input: the script prints phases and
        // seconds, never a secret, and the operator is to see them.
        Ledger = Output.Unsecret(Command.Stdout);
        RegisterOutputs();
    }

    /// <summary>Where the time went: one JSON document per line, as the node wrote it.</summary>
    [Output("ledger")]
    public Output<string> Ledger { get; private init; }

    /// <summary>The command that waits, to wait for.</summary>
    public Command Command { get; }
}
