using System.Text;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Lab.Machines;

/// <summary>
/// OpenSSH's client, used as Pulumi's command provider uses SSH: one identity, one host key that is accepted, repeated dials. Connections
/// come from the operator's address. Its keys lie in the laboratory's folder: those of a run that was killed go with it.
/// </summary>
internal sealed class SshClient(LabFolder folder, World world)
{
    // pulumi-command 1.2.1, provider/pkg/provider/remote/connection.go: 15 s for a dial, then it waits and dials again.
    private const int DialSeconds = 15;
    private static readonly TimeSpan BetweenDials = TimeSpan.FromSeconds(1);

    /// <summary>Status of OpenSSH's client when it did not get so far as to run the command.</summary>
    private const int NotConnected = 255;

    public async Task<SshAnswer> RunAsync(SshRequest request, CancellationToken cancel)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder.Connections, Path.GetRandomFileName()), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var identity = Path.Combine(work.FullName, "identity");
            await WriteSecretAsync(identity, request.PrivateKey.TrimEnd() + "\n", cancel);
            await File.WriteAllTextAsync(Path.Combine(work.FullName, "known_hosts"), request.HostKey is { } key ? $"{request.Host} {key}\n" : "", cancel);
            // Tells a dial that failed from a session that did: a command of the server's own may end with 255 as well.
            var connected = Path.Combine(work.FullName, "connected");
            var words =
                world.Network(null, Arguments(request, identity, Path.Combine(work.FullName, "known_hosts"), connected, world.Operator));
            var input = Encoding.UTF8.GetBytes(request.Input ?? "");
            for (var failures = 1; ; failures++)
            {
                var answer = await HostProgram.AskAsync(words[0], words[1..], input, cancel);
                var dial = answer.Status == NotConnected && !File.Exists(connected);
                if (!dial || answer.Errors.Contains("REMOTE HOST IDENTIFICATION", StringComparison.Ordinal) || failures > request.DialErrorLimit)
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

    /// <summary>Words of an ssh command that expects the host key.</summary>
    private static string[] Arguments(SshRequest request, string identity, string knownHosts, string connected, string from) =>
    [
        "ssh", "-F", "none", "-T", "-b", from, "-p", request.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-i", identity,
        "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", $"UserKnownHostsFile={knownHosts}", "-o", "GlobalKnownHostsFile=/dev/null",
        "-o", $"StrictHostKeyChecking={(request.HostKey is null ? "no" : "yes")}", "-o", "UpdateHostKeys=no",
        .. request.HostKey is { } key ? new[] { "-o", $"HostKeyAlgorithms={key.Split(' ')[0]}" } : [],
        "-o", $"ConnectTimeout={DialSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}", "-o", "ServerAliveInterval=15",
        // That the other side closed a connection is said at this level and not below.
        "-o", "LogLevel=INFO", "-o", "PermitLocalCommand=yes", "-o", $"LocalCommand=touch '{connected.Replace("%", "%%", StringComparison.Ordinal)}'",
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
