using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Infra.Lab.Files;
using Infra.Lab.Linux;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>
/// The HAProxy of a load balancer: a master process with a command socket, and a worker for each configuration that still has connections.
/// </summary>
/// <param name="file">Path of its configuration; certificates and server states are next to it.</param>
/// <param name="socket">The master's socket, as this process sees it.</param>
internal sealed class HaProxy(string file, string socket)
{
    private static readonly TimeSpan s_answerPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_followPatience = TimeSpan.FromSeconds(30);

    private string StateFile => $"{file}.states";

    /// <summary>The command that runs it until it is killed.</summary>
    /// <param name="file">Path of its configuration.</param>
    /// <param name="socket">The master's socket, as HAProxy sees it.</param>
    public static string[] Command(string file, string socket) => ["haproxy", "-W", "-S", socket, "-f", file];

    /// <summary>
    /// Applies a specification completely or not at all. Existing connections continue, also those of removed ports and servers; remaining
    /// servers keep their health.
    /// </summary>
    /// <param name="spec">The specification.</param>
    /// <param name="start">Starts HAProxy unless it is running.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="FormatException">It is invalid; nothing was changed.</exception>
    /// <exception cref="ArgumentException">It is invalid; nothing was changed.</exception>
    /// <exception cref="ProgramException">HAProxy rejected it; the message is HAProxy's.</exception>
    public async Task ApplyAsync(BalancerSpec spec, Func<Task> start, CancellationToken cancel)
    {
        var certificates = new HashSet<string>(StringComparer.Ordinal);
        var text = BalancerConfig.Text(spec, StateFile, rule => WriteCertificate(rule, certificates));
        var stamp = Stamp(text);
        var running = await AskAsync("@1 show info", cancel);
        if (running?.Contains(stamp, StringComparison.Ordinal) == true)
        {
            return;
        }

        var next = $"{file}.next";
        Write(next, $"{text}\nglobal\n  description {stamp}\n");
        await HostProgram.RunAsync("haproxy", ["-c", "-f", next], cancel: cancel);
        File.Move(next, file, overwrite: true);
        Write(StateFile, BalancerConfig.States(spec, (await StatusAsync(cancel)).Backends));
        if (await AskAsync("reload", cancel) is null)
        {
            await start();
        }

        await FollowsAsync(stamp, cancel);
        // For a restarted process, which does not know the state of its servers.
        Write(StateFile, BalancerConfig.States(spec, []));
        foreach (var old in CertificateFiles().Where(old => !certificates.Contains(old)))
        {
            File.Delete(old);
        }
    }

    /// <summary>Its current state, queried now.</summary>
    public async Task<BalancerStatus> StatusAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_answerPatience);
        try
        {
            if (await AskAsync("show proc", limit.Token) is not { } processes)
            {
                return BalancerStatus.Down("its process is not running");
            }

            var old = processes.Split('\n').SkipWhile(line => line != "# old workers").Skip(1)
                .TakeWhile(line => !line.StartsWith('#')).Select(line => line.Split(' ')[0]);
            var statistics = new List<string>();
            foreach (var worker in old.Select(pid => $"@!{pid}").Prepend("@1"))
            {
                // An old worker may have ended meanwhile.
                if (await AskAsync($"{worker} show stat json", limit.Token) is ['[', ..] answer)
                {
                    statistics.Add(answer);
                }
            }

            return statistics.Count == 0
                ? BalancerStatus.Down("its process is not running")
                : BalancerStatus.Of(HasFailed(processes) ? $"it follows an older specification; {file}.log says why" : null, statistics);
        }
        catch (Exception silent) when (silent is JsonException || (silent is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return BalancerStatus.Down("its process does not answer");
        }
    }

    // The third column from the end of the master's line: the number of reloads, and of failures since the last successful one.
    private static bool HasFailed(string processes) =>
        processes.Contains("[failed: ", StringComparison.Ordinal) && !processes.Contains("[failed: 0]", StringComparison.Ordinal);

    private static string Stamp(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Only for the owner: a certificate's file also has its private key.</summary>
    private static void Write(string path, string text) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(text), AtomicFile.Private);

    private IEnumerable<string> CertificateFiles() =>
        Directory.EnumerateFiles(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)}.*.pem");

    /// <summary>
    /// Its name has a hash of its content: a new certificate changes the configuration, and the old file stays while in use.
    /// </summary>
    private string WriteCertificate(BalancerRule rule, HashSet<string> written)
    {
        var text = $"{rule.CertificatePem}\n{rule.PrivateKeyPem}\n";
        var path = $"{file}.{Stamp(text)[..16]}.pem";
        Write(path, text);
        written.Add(path);
        return path;
    }

    private async Task FollowsAsync(string stamp, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_followPatience);
        try
        {
            while (await AskAsync("@1 show info", limit.Token) is not { } info || !info.Contains(stamp, StringComparison.Ordinal))
            {
                if (await AskAsync("show proc", limit.Token) is { } processes && HasFailed(processes))
                {
                    throw NotFollowed();
                }

                await Task.Delay(20, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw NotFollowed();
        }
    }

    private ProgramException NotFollowed() => new("haproxy", new ProgramAnswer(1, "", $"it does not follow {file}; {file}.log says why"));

    /// <summary>Sends a command to the master, or with <c>@</c> to a worker; null if no process listens.</summary>
    private async Task<string?> AskAsync(string command, CancellationToken cancel)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
            await using var stream = new NetworkStream(client);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{command}\n"), cancel);
            client.Shutdown(SocketShutdown.Send); // otherwise HAProxy waits for more commands
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(cancel);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return null;
        }
    }
}
