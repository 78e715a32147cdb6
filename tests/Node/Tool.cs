using System.Diagnostics;
using System.Text;
using Infra.Lab.Linux;

namespace Infra.Tests.Node;

/// <summary>The result of a program of the machine.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;
}

/// <summary>Runs programs that check or run the node files. A missing one fails the test with the package that has it.</summary>
internal static class Tool
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["cloud-init"] = "cloud-init",
        ["jq"] = "jq",
        ["nft"] = "nftables",
        ["nginx"] = "nginx-light",
        ["openssl"] = "openssl",
        ["podman"] = "podman",
        ["python3"] = "python3",
        ["shellcheck"] = "shellcheck",
        ["shfmt"] = "shfmt",
        ["ssh-keygen"] = "openssh-client",
        ["systemd-analyze"] = "systemd",
        ["unshare"] = "util-linux",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    internal static Task<ToolResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, null, null);

    internal static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input, IReadOnlyDictionary<string, string>? environment)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var answer = await HostProgram.AskAsync(
                program, arguments, Encoding.UTF8.GetBytes(input ?? ""), environment, limit.Token);
            return new ToolResult(answer.Status, answer.Output, answer.Errors);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience.TotalSeconds} s");
        }
        catch (ProgramException exception) when (!exception.Started && !Path.IsPathRooted(program))
        {
            throw Missing(program);
        }
    }

    /// <summary>Starts a program that keeps running; the caller ends it.</summary>
    internal static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        try
        {
            return HostProgram.Start(program, arguments, environment);
        }
        catch (ProgramException exception) when (!exception.Started && !Path.IsPathRooted(program))
        {
            throw Missing(program);
        }
    }

    private static InvalidOperationException Missing(string program) =>
        new($"{program} is missing; install it: apt-get install {Packages.GetValueOrDefault(program, program)}");

    /// <summary>Arguments of <c>unshare</c> for a mount namespace of one's own, as root or not.</summary>
    internal static IEnumerable<string> OwnNamespace(params string[] more) =>
        Environment.UserName == "root"
            ? ["--mount", "--propagation", "private", .. more]
            : ["--user", "--map-root-user", "--mount", .. more];
}
