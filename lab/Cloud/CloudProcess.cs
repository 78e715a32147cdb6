using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Infra.Lab.Acme;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Monitoring;
using Infra.Lab.Files;
using Infra.Lab.Host;
using Infra.Lab.Specs;
using Infra.Planning.Catalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Cloud;

/// <summary>The process of a cloud: the account, its API and its work. It runs in the sandbox, and is restarted whenever it ends.</summary>
internal static class CloudProcess
{
    /// <summary>Internal subcommand that starts it.</summary>
    public const string CommandName = "__cloud";

    /// <summary>Name of the token in the account.</summary>
    private const string TokenName = "infra cloud";

    private const int HttpsPort = 443;
    private const int DnsPort = 53;
    private const int AcmePort = 14000; // pebble's own default

    /// <param name="path">Folder of the lab.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task RunAsync(string path, CancellationToken cancel)
    {
        var folder = LabFolder.At(path);
        var settings = CloudSettings.Load(folder) ?? throw new Infra.Lab.State.StateFileException(path, "it has no settings");
        var files = new CloudFiles(folder);
        // They exist: the command that starts this process has prepared them.
        var images = await ServerImages.PrepareAsync(folder.Cache, [settings.Base], Console.Error.WriteLine, cancel);
        using var store = AccountStore.Open(files.Account);
        using var account = new CloudAccount(
            store, new AccountSettings { Catalog = ModelCatalog.Load(), Pace = settings.Pace }, TimeProvider.System);
        EnsureToken(account, files);
        var sandbox = new Sandbox(folder);
        using var runtime = new HostRuntime(
            folder, sandbox, images, settings.Base, new CloudHardware(settings.Machines), ServerExtras.None)
        {
            Guests = [CloudLab.Guest(settings.Address)],
        };
        if (!settings.HasServers)
        {
            // No one else would: the host without servers has no network.
            await runtime.ApplyPolicyAsync(new([], []), cancel);
        }

        IHostRuntime host = settings.HasServers ? runtime : new NoServers(account.State.All<Droplet>()
            .Where(droplet => droplet.PublicAddress is not null).Select(droplet => (droplet.Key, droplet.PublicAddress!)));
        using var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        using var probe = new NetworkProbe();
        // Programs inside and servers trust it already.
        using var trusted = X509Certificate2.CreateFromPemFile(
            Path.Combine(images.Certificates, "ca.pem"), Path.Combine(images.Certificates, "ca.key"));
        await using var names = DnsServer.Start(
            account, new IPEndPoint(IPAddress.Parse(CloudFiles.ApiAddress), DnsPort), IPAddress.Parse(Sandbox.MirrorAddress));
        using var pebble = new Pebble(files.Acme, new IPEndPoint(IPAddress.Loopback, AcmePort), names.Address,
            (command, stop) => new SandboxServices(folder, sandbox).KeepAsync(files.AcmeLog, command, stop));
        using var authority = new AcmeAuthority(pebble, trusted, files.Acme, Console.Error.WriteLine, TimeProvider.System);
        await using var api = await RunningApi.StartAsync(
            account, host, [new IPEndPoint(IPAddress.Parse(CloudFiles.ApiAddress), HttpsPort)], certificate, AnswerAddress, probe,
            authority);
        await using var control = await CloudControl.StartAsync(account, cancel);
        // It ends with an error of ours, and is restarted: work begins again.
        await (await Task.WhenAny(api.Work, names.Running).WaitAsync(cancel));
    }

    /// <summary>The token of the programs inside: in the account, and in a file of its owner.</summary>
    private static void EnsureToken(CloudAccount account, CloudFiles files)
    {
        var known = File.Exists(files.Token) ? File.ReadAllText(files.Token).Trim() : "";
        if (account.State.Find<ApiToken>(ApiToken.KeyOf(known)) is null)
        {
            var token = account.Change(change => ApiToken.Create(change, TokenName, []));
            AtomicFile.Write(files.Token, Encoding.ASCII.GetBytes($"{token}\n"), AtomicFile.Private);
        }
    }

    /// <summary>The caller's address, as the service of that name reports it.</summary>
    private static void AnswerAddress(WebApplication application) => application.Use(async (context, next) =>
    {
        if (!context.Request.Host.Host.Equals(CloudFiles.AddressName, StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync($"{context.Connection.RemoteIpAddress?.MapToIPv4()}\n", context.RequestAborted);
    });
}
