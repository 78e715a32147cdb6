using System.CommandLine;
using System.Net;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Mirrors;

namespace Infra.Lab.Stacks.Commands;

/// <summary>Internal subcommand: the process of a lab that runs this program, for its mirrors.</summary>
internal static class SandboxProcesses
{
    private static readonly IPAddress Mirrors = IPAddress.Parse(Sandbox.MirrorAddress);
    private static readonly IPAddress Metadata = IPAddress.Parse(Sandbox.MetadataAddress);

    public static IEnumerable<Command> Create(Terminal terminal)
    {
        var folder = new Argument<string>("folder");
        var mirrors = new Command("__mirrors") { folder };
        mirrors.Hidden = true;
        mirrors.SetAction((parsed, cancel) =>
            LabFailure.GuardAsync(terminal, json: false, () => MirrorsAsync(parsed.GetValue(folder)!, cancel)));
        yield return mirrors;
    }

    private static async Task MirrorsAsync(string path, CancellationToken cancel)
    {
        var content = Path.Combine(path, MirrorContent.FolderName);
        await using var server = await MirrorServer.StartAsync(new MirrorOptions
        {
            Folder = content,
            Listeners = [new(Mirrors, 80, Tls: false), new(Mirrors, 443, Tls: true), new(Metadata, 80, Tls: false)],
            CertificateFile = Path.Combine(content, "tls", "mirror.pem"),
            KeyFile = Path.Combine(content, "tls", "mirror.key"),
            MetadataFolder = Path.Combine(path, HostRuntime.MetadataFolderName),
            ControlFile = Path.Combine(path, LabFolder.MirrorControlName),
            LogFile = Path.Combine(path, LabFolder.MirrorLogName),
        }, TimeProvider.System, cancel);
        await Task.Delay(Timeout.Infinite, cancel).ContinueWith(static _ => { }, TaskScheduler.Default);
    }
}
