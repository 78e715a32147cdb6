using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>
/// The commands that the stack runs on its nodes: static scripts, values on standard input. Nothing that may be secret is in a command line,
/// in the environment (which <c>sshd</c> would not take either) or in what Pulumi logs.
/// </summary>
internal static class NodeCommand
{
    private const string Scripts = "/usr/local/libexec/inference";

    /// <summary>
    /// Begins the first command on a node. sshd is up before cloud-init has unpacked the scripts; what cloud-init then says of itself is for the
    /// readiness gate to tell.
    /// </summary>
    public const string WhenBooted = "timeout 900 cloud-init status --wait > /dev/null < /dev/null;";

    public static string Script(string name, string arguments = "") => $"sudo -n {Scripts}/{name}{(arguments.Length > 0 ? $" {arguments}" : "")}";

    /// <summary>Arguments of a command that says nothing and may be handed secrets.</summary>
    public static CommandArgs Quiet(NodeConnection connection, string command, Input<string> stdin) => new()
    {
        Connection = connection.ToArgs(),
        Create = command,
        Stdin = stdin,
        Logging = Logging.None,
        AddPreviousOutputInEnv = false,
    };

    /// <summary>Values of which each change makes a command a new one.</summary>
    public static InputList<object> Triggers(params IEnumerable<Input<string>> values) =>
        values.Select(value => (Input<object>)value.Apply(text => (object)text)).ToArray();
}
