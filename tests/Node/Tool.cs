using System.ComponentModel;
using System.Diagnostics;
using System.Text;

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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static Task<ToolResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, null, null);

    internal static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string? input, IReadOnlyDictionary<string, string>? environment)
    {
        using var process = Start(program, arguments, environment);
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), limit.Token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all input: its exit status has the reason.
        }

        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience.TotalSeconds} s");
        }
    }

    /// <summary>Starts a program that keeps running; the caller ends it.</summary>
    internal static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Debian keeps daemons where a plain user's PATH does not look.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception) when (!Path.IsPathRooted(program))
        {
            Assert.Fail($"{program} is missing; install it: apt-get install {Packages.GetValueOrDefault(program, program)}");
            throw;
        }
    }

    /// <summary>Arguments of <c>unshare</c> for a mount namespace of one's own, as root or not.</summary>
    internal static IEnumerable<string> OwnNamespace(params string[] more) =>
        Environment.UserName == "root"
            ? ["--mount", "--propagation", "private", .. more]
            : ["--user", "--map-root-user", "--mount", .. more];
}
