using System.Text.RegularExpressions;
using Infra.Cli.CommandLine;
using Infra.Lab.Linux;
using Infra.Planning.Errors;

namespace Infra.Lab.Stacks;

/// <summary>Current health of a server, as it reports it; nothing is cached.</summary>
/// <param name="State"><c>ready</c>, <c>starting</c>, <c>failed</c>, <c>stopped</c> or <c>off</c>.</param>
/// <param name="Problem">Why it is not ready; null if unknown.</param>
internal sealed partial record NodeHealth(string State, string? Problem)
{
    public const string Ready = "ready";
    public const string Starting = "starting";
    public const string Failed = "failed";
    public const string Stopped = "stopped";
    public const string Off = "off";

    /// <summary>Timeout: a server that does not answer is not ready.</summary>
    private const int MostQuoted = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // Checks its network, its units, and /ready as clients see it: the engine answers, and TLS works. Over loopback to our own nginx:
    // clients check the certificate.
    private const string Question = """
        import http.client, os, ssl, subprocess, sys

        def run(*command):
            return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

        def units(*states):
            chosen = "--state=" + ",".join(states)
            lines = run("systemctl", "list-units", "--all", "--plain", "--no-legend", chosen, "inference*").splitlines()
            return " ".join(line.split()[0] for line in lines)

        def ready():
            try:
                connection = http.client.HTTPSConnection("127.0.0.1", 443, timeout=8, context=ssl._create_unverified_context())
                connection.request("GET", "/ready")
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0

        print("network", f" {sys.argv[1]}/" in run("ip", "-br", "-4", "address", "show", "dev", "eth0"))
        print("ready", ready())
        print("failed", units("failed"))
        print("coming", units("activating", "reloading", "auto-restart"), run("systemctl", "list-jobs", "--no-legend"))
        print("booted", os.path.exists("/var/lib/inference/first-boot.done"), os.path.exists("/var/lib/inference/first-boot.failed"))
        """;

    public static async Task<NodeHealth> OfAsync(LabStack lab, DeployedNode node, CancellationToken cancel)
    {
        var server = lab.Server(node);
        if (server.Leader is null)
        {
            return new(Off, null);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        ProgramAnswer answer;
        try
        {
            answer = await server.AskAsync(["python3", "-c", Question, node.PublicAddress], null, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(Failed, "it does not answer");
        }
        catch (ConfigurationException)
        {
            return new(Off, null);
        }
        catch (ProgramException exception)
        {
            return new(Failed, $"it cannot be queried: {Printable.Line(exception.Message, MostQuoted)}");
        }

        return server.Leader is null ? new(Off, null)
            : IsRefused(answer) ? new(Failed, "access denied: this process has insufficient privileges (run it as root)")
            : answer.Status != 0 ? new(Starting, "it does not respond yet")
            : Of(answer.Output);
    }

    /// <summary>Whether this machine denied access; the output of the server itself is untrusted.</summary>
    internal static bool IsRefused(ProgramAnswer answer) => answer.Status != 0 && answer.Errors.Split('\n').Any(static line =>
        line.StartsWith("nsenter:", StringComparison.Ordinal) && line.Contains("Operation not permitted", StringComparison.Ordinal));

    /// <summary>Parses the lines of a server's answer.</summary>
    internal static NodeHealth Of(string answer)
    {
        var reported = answer.Split('\n').Select(line => line.Split(' ', 2)).Where(line => line.Length == 2)
            .GroupBy(line => line[0], StringComparer.Ordinal)
            .ToDictionary(line => line.Key, line => line.First()[1].Trim(), StringComparer.Ordinal);
        var failed = string.Join(", ", Unit().Matches(reported.GetValueOrDefault("failed", "")).Select(unit => unit.Value));
        return reported.GetValueOrDefault("network") != "True" ? new(Failed, "its public address is not on eth0")
            : reported.GetValueOrDefault("ready") == "200" ? new(Ready, failed.Length > 0 ? $"failed: {failed}" : null)
            : failed.Length > 0 ? new(Failed, failed)
            : reported.GetValueOrDefault("booted") switch
            {
                "False True" => new(Failed, "its first boot failed"),
                "True False" when reported.GetValueOrDefault("coming", "").Length == 0 =>
                    new(Stopped, "it does not serve and no unit is starting"),
                _ => new(Starting, null),
            };
    }

    // The output of a server is untrusted.
    [GeneratedRegex(@"\binference[a-z-]*\.[a-z]+\b")]
    private static partial Regex Unit();
}
