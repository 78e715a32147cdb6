using System.Text;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Lab.Host;

/// <summary>
/// OpenSSH's client, used like SSH in Pulumi's command provider: one identity, one accepted host key, repeated connection attempts.
/// Connects from the operator's address. Its keys are in the lab's folder: those of killed runs are deleted with it.
/// </summary>
internal sealed class SshClient(LabFolder folder, Sandbox sandbox)
{
    // pulumi-command 1.2.1, provider/pkg/provider/remote/connection.go: 15 s per attempt, then it waits and retries.
    private const int DialSeconds = 15;
    private static readonly TimeSpan BetweenDials = TimeSpan.FromSeconds(1);

    /// <summary>Exit status of OpenSSH's client if it could not run the command.</summary>
    private const int NotConnected = 255;

    public async Task<SshAnswer> RunAsync(SshRequest request, CancellationToken cancel)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder.Connections, Path.GetRandomFileName()),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var identity = Path.Combine(work.FullName, "identity");
            await WriteSecretAsync(identity, request.PrivateKey.TrimEnd() + "\n", cancel);
            await File.WriteAllTextAsync(Path.Combine(work.FullName, "known_hosts"),
                request.HostKey is { } key ? $"{request.Host} {key}\n" : "", cancel);
            // Distinguishes a failed connection from a failed session: a command may also end with 255.
            var connected = Path.Combine(work.FullName, "connected");
            var words =
                sandbox.Network(null,
                    Arguments(request, identity, Path.Combine(work.FullName, "known_hosts"), connected, sandbox.Operator));
            var input = Encoding.UTF8.GetBytes(request.Input ?? "");
            for (var failures = 1; ; failures++)
            {
                var answer = await HostProgram.AskAsync(words[0], words[1..], input, cancel: cancel);
                var dial = answer.Status == NotConnected && !File.Exists(connected);
                if (!dial || answer.Errors.Contains("REMOTE HOST IDENTIFICATION", StringComparison.Ordinal)
                    || failures > request.DialErrorLimit)
                {
                    return dial
                        ? new SshAnswer(NotConnected, "", $"after {failures} failed attempts: {answer.Errors.Trim()}")
                        : new SshAnswer(answer.Status, answer.Output, answer.Errors);
                }

                await Task.Delay(BetweenDials, cancel);
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>The ssh command line that expects the host key.</summary>
    private static string[] Arguments(SshRequest request, string identity, string knownHosts, string connected, string from) =>
    [
        "ssh", "-F", "none", "-T", "-b", from, "-p", request.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-i",
        identity,
        "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", $"UserKnownHostsFile={knownHosts}", "-o",
        "GlobalKnownHostsFile=/dev/null",
        "-o", $"StrictHostKeyChecking={(request.HostKey is null ? "no" : "yes")}", "-o", "UpdateHostKeys=no",
        .. request.HostKey is { } key ? new[] { "-o", $"HostKeyAlgorithms={key.Split(' ')[0]}" } : [],
        "-o", $"ConnectTimeout={DialSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "-o", "ServerAliveInterval=15",
        // At this log level ssh reports that the other side closed the connection.
        "-o", "LogLevel=INFO", "-o", "PermitLocalCommand=yes", "-o",
        $"LocalCommand=touch '{connected.Replace("%", "%%", StringComparison.Ordinal)}'",
        $"{request.User}@{request.Host}", request.Command,
    ];

    private static async Task WriteSecretAsync(string file, string content, CancellationToken cancel)
    {
        await using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await stream.WriteAsync(Encoding.UTF8.GetBytes(content), cancel);
    }
}
