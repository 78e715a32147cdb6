using Pulumi;
using Pulumi.Command.Remote;

namespace Infra.Components;

/// <summary>
/// Commands that the stack runs on its nodes: static scripts with values on stdin. No secret is in a command line, in the environment
/// (which <c>sshd</c> would reject) or in Pulumi's log.
/// </summary>
internal static class NodeCommand
{
    private const string Scripts = "/usr/local/libexec/inference";

    /// <summary>
    /// Starts the first command on a node. sshd runs before cloud-init has unpacked the scripts. The readiness gate reports failures of
    /// cloud-init.
    /// </summary>
    public const string WhenBooted = "timeout 900 cloud-init status --wait > /dev/null < /dev/null;";

    public static string Script(string name, string arguments = "") =>
        $"sudo -n {Scripts}/{name}{(arguments.Length > 0 ? $" {arguments}" : "")}";

    /// <summary>Arguments of a command without output that may receive secrets.</summary>
    public static CommandArgs Quiet(NodeConnection connection, string command, Input<string> stdin) => new()
    {
        Connection = connection.ToArgs(),
        Create = command,
        Stdin = stdin,
        Logging = Logging.None,
        AddPreviousOutputInEnv = false,
    };

    /// <summary>Values whose change replaces a command.</summary>
    public static InputList<object> Triggers(params IEnumerable<Input<string>> values) =>
        values.Select(value => (Input<object>)value.Apply(text => (object)text)).ToArray();
}
