using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Network;
using Infra.Lab.Stacks;
using Infra.Lab.State;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;

namespace Infra.Lab.Cloud;

/// <summary>
/// DigitalOcean's API on this machine, in front of servers that boot: a lab without a stack. Its API process runs in the lab's sandbox, and
/// programs inside are a host of the lab's internet.
/// </summary>
internal sealed class CloudLab
{
    /// <summary>Network namespace of the programs inside.</summary>
    public const string GuestName = "guest";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(3);

    private readonly string _projectFolder;

    private CloudLab(string projectFolder, string? cache)
    {
        _projectFolder = projectFolder;
        Folder = LabFolder.OfCloud(projectFolder, cache);
        Sandbox = new Sandbox(Folder);
        Files = new CloudFiles(Folder);
    }

    public LabFolder Folder { get; }

    public Sandbox Sandbox { get; }

    public CloudFiles Files { get; }

    public bool IsUp => Sandbox.Running is not null;

    /// <summary>Log of its API process.</summary>
    public string ApiLog => LogOf(Folder);

    /// <param name="projectFolder">Folder of the project: each has a cloud of its own.</param>
    /// <param name="cache">Folder of the cache; null: the current user's.</param>
    public static CloudLab Of(string projectFolder, string? cache = null) => new(projectFolder, cache);

    /// <summary>The first process of the network of the programs inside; the network is known to the router by it.</summary>
    internal static NetworkNeighbour Guest(string address) => new(NetworkLinks.Public(GuestName), address, VpcId: null);

    private static string LogOf(LabFolder folder) => Path.Combine(folder.Path, "api.log");

    /// <summary>Starts it, or what is missing of it. Resources of the account stay.</summary>
    /// <exception cref="ConfigurationException">A named stack has errors; nothing was changed.</exception>
    public async Task<CloudUpReport> UpAsync(CloudUpOptions options, CancellationToken cancel)
    {
        using var held = await FolderLock.TakeAsync(Folder.Lock,
            holder => options.Print($"waiting for process {holder}, which changes this cloud ..."), cancel);
        var known = CloudSettings.Load(Folder);
        if (options.NoServers && known is { HasServers: true })
        {
            throw LabUserError.Of("--no-servers", null, "cannot change: the Droplets of this account boot",
                $"{Folder.DownCommand}, then {Folder.UpCommand} --no-servers");
        }

        var (plans, skipped) = Plans(options, known);
        var settings = new CloudSettings(
            options.Pace ?? known?.Pace ?? Pace.Fast, options.Base ?? known?.Base ?? ServerBase.Default,
            !options.NoServers && known is not { HasServers: false }, options.Address ?? known?.Address ?? CloudSettings.DefaultAddress,
            [.. plans.Select(plan => plan.Stack)], [.. plans.SelectMany(plan => CloudHardware.Of(plan.Stack, plan.Plan))]);
        Folder.Create();
        StateFile.Remove(Folder.Connections); // left by a killed process
        var images = await ServerImages.PrepareAsync(Folder.Cache, [settings.Base], options.Print, cancel);
        Files.Write(images);
        await PrepareMirrorsAsync(images, plans, options, cancel);
        settings.Save(Folder);
        if (!IsUp)
        {
            // What a killed lab left outside of its namespaces.
            await SandboxServices.EndAsync(ApiLog, cancel);
            ServerProcess.SweepCgroups(Folder.CgroupPrefix);
            await File.WriteAllTextAsync(Folder.Names, $"address=/{CloudFiles.ApiName}/{CloudFiles.ApiAddress}\n"
                + $"address=/{CloudFiles.AddressName}/{CloudFiles.ApiAddress}\n"
                + $"address=/{CloudFiles.TokenName}/{CloudFiles.ApiAddress}\n"
                // What the start waits for is answered without the API, which knows all other names.
                + $"address=/{SandboxServices.AskedName}/{Sandbox.MirrorAddress}\nserver={CloudFiles.ApiAddress}\n", cancel);
        }

        await Sandbox.StartAsync(Sandbox.NoOperatorAddress, cancel);
        await StartGuestAsync(settings.Address, cancel);
        var isNew = !File.Exists(Files.Token);
        // It reads the settings when it starts.
        await SandboxServices.EndAsync(ApiLog, cancel);
        if (!isNew)
        {
            AccountStore.Verify(Files.Account);
        }

        await new SandboxServices(Folder, Sandbox).KeepAsync(ApiLog,
            [HostProgram.Dotnet, typeof(CloudLab).Assembly.Location, CloudProcess.CommandName, Folder.Path], cancel);
        await AwaitApiAsync(cancel);
        return new CloudUpReport($"https://{CloudFiles.ApiName}", isNew ? ReadToken() : null, Files.Token, settings.Address,
            settings.PaceWord, settings.Base, settings.HasServers, [.. plans.Select(plan => Served(plan.Stack, plan.Plan))], skipped);
    }

    /// <summary>Deletes everything: the account, servers, disks, namespaces, the lab's folders.</summary>
    /// <returns>Whether it existed.</returns>
    public async Task<bool> DownAsync(Action<string> print, CancellationToken cancel)
    {
        if (!IsThere)
        {
            return false;
        }

        using var held = await FolderLock.TakeAsync(Folder.Lock,
            holder => print($"waiting for process {holder}, which changes this cloud ..."), cancel);
        var wasThere = IsThere;
        await Sandbox.KillAsync(cancel);
        await SandboxServices.EndAsync(ApiLog, cancel);
        if (Directory.Exists(Folder.Volumes))
        {
            foreach (var file in Directory.EnumerateFiles(Folder.Volumes, "*.img"))
            {
                await LoopDevices.DetachAsync(file, cancel);
            }
        }

        ServerProcess.SweepCgroups(Folder.CgroupPrefix);
        StateFile.Remove(Folder.Path);
        StateFile.Remove(Folder.Public);
        File.Delete(Folder.Lock);
        return wasThere;
    }

    /// <summary>The error when a command needs a running cloud.</summary>
    public void RequireUp()
    {
        if (!IsUp)
        {
            throw LabUserError.Of("cloud", null, "is not running", Folder.UpCommand);
        }

        if (!File.Exists(Files.Token) || !File.Exists(Sandbox.NetworkPath(GuestName)))
        {
            throw LabUserError.Of("cloud", null, "is not completely started", Folder.UpCommand);
        }
    }

    public string ReadToken() => File.ReadAllText(Files.Token).Trim();

    /// <summary>Parts that do not run.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(CancellationToken cancel)
    {
        var services = new SandboxServices(Folder, Sandbox);
        var problems = (await services.ProblemsAsync(cancel)).Select(problem => $"{problem.Name}: {problem.Problem}").ToList();
        if (!await AnswersAsync(cancel))
        {
            problems.Add($"api: does not answer; {ApiLog} says: {Sandbox.Tail(ApiLog) ?? "nothing"}");
        }

        return problems;
    }

    private bool IsThere => Path.Exists(Folder.Path) || Path.Exists(Folder.Public) || IsUp;

    /// <summary>The plans of the named stacks; without a name those of the project without an error.</summary>
    private (IReadOnlyList<(string Stack, StackPlan Plan)> Plans, IReadOnlyList<CloudSkippedStack> Skipped) Plans(
        CloudUpOptions options, CloudSettings? known)
    {
        var named = options.Stacks.Count > 0 ? options.Stacks : known?.Stacks ?? [];
        var plans = new List<(string, StackPlan)>();
        var skipped = new List<CloudSkippedStack>();
        foreach (var stack in named.Count > 0 ? named : options.Project?.Stacks ?? [])
        {
            try
            {
                var file = options.Project!.Configuration(stack, "cloud up");
                plans.Add((stack, InferenceProgram.Read(file.Values, file.SecretKeys, _projectFolder, stack)));
            }
            catch (ConfigurationException exception) when (options.Stacks.Count == 0 && options.Project is not null)
            {
                skipped.Add(new CloudSkippedStack(stack, exception.Errors[0].ToString()));
            }
        }

        return (plans, skipped);
    }

    private async Task PrepareMirrorsAsync(
        ServerImages images, IReadOnlyList<(string Stack, StackPlan Plan)> plans, CloudUpOptions options, CancellationToken cancel)
    {
        MirrorContent.LinkPackages(Folder, images);
        if (plans.Count == 0)
        {
            return;
        }

        var all = plans[0].Plan with { Endpoints = [.. plans.SelectMany(plan => plan.Plan.Endpoints)] };
        var content = await MirrorContent.PrepareAsync(Folder, images, all, options.Size, options.Print, cancel);
        foreach (var (stack, plan) in plans)
        {
            CloudCatalog.Write(Folder, stack, plan, _projectFolder, content);
        }
    }

    /// <summary>A host of the internet: programs inside run in its network.</summary>
    private async Task StartGuestAsync(string address, CancellationToken cancel)
    {
        await Sandbox.RunAsync(["ip", "address", "replace", $"{CloudFiles.ApiAddress}/32", "dev", "lo"], null, cancel);
        var script = Path.Combine(AppContext.BaseDirectory, "Network", "network");
        if (File.Exists(Sandbox.NetworkPath(GuestName)))
        {
            var known = await Sandbox.RunAsync(["ip", "-n", GuestName, "-br", "-4", "address", "show", "dev", "eth0"], null, cancel);
            if (known.Contains($" {address}/", StringComparison.Ordinal))
            {
                return;
            }
        }

        await Sandbox.RunAsync([script, "attach", GuestName, GuestName, address, "-"], null, cancel);
        string[][] steps =
        [
            ["link", "set", "lo", "up"], ["address", "replace", $"{address}/32", "dev", "eth0"], ["link", "set", "eth0", "up"],
            ["route", "replace", "default", "via", Sandbox.MirrorAddress, "dev", "eth0", "onlink"],
        ];
        foreach (var step in steps)
        {
            await Sandbox.RunAsync(["ip", "-n", GuestName, .. step], null, cancel);
        }
    }

    private async Task AwaitApiAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StartPatience);
        while (!await AnswersAsync(cancel))
        {
            if (limit.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                throw LabUserError.Of("cloud", null, $"its API does not answer; {ApiLog} says: {Sandbox.Tail(ApiLog) ?? "nothing"}",
                    $"{Folder.DownCommand}, then {Folder.UpCommand}");
            }

            await Task.Delay(100, cancel);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerPatience);
        try
        {
            using var control = new CloudControlClient(this);
            await control.PingAsync(limit.Token);
            return true;
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested
            && exception is IOException or SocketException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static CloudServedStack Served(string stack, StackPlan plan) => new(stack,
        [.. plan.Endpoints.Select(endpoint => endpoint.Placement.Model.Id).Distinct(StringComparer.Ordinal)]);
}
