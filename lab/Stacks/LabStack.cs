using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Cli.Project;
using Infra.Lab.Deployment;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Lab.State;
using Infra.Planning;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;
using Pulumi.Testing;

namespace Infra.Lab.Stacks;

/// <summary>Options of a lab start.</summary>
internal sealed record UpOptions
{
    public EngineSpeed Speed { get; init; } = EngineSpeed.Default;

    public ContentSize Size { get; init; } = ContentSize.Default;

    /// <summary>Release for new servers: a name in <see cref="ServerBase.All"/>.</summary>
    public string Base { get; init; } = ServerBase.Default;

    /// <summary>Server properties that no cloud provides.</summary>
    public ServerExtras Extras { get; init; } = ServerExtras.None;

    /// <summary>Receives messages before the first server.</summary>
    public Action<string> Print { get; init; } = static _ => { };

    /// <summary>Receives every operation.</summary>
    public Action<ResourceEvent> Progress { get; init; } = static _ => { };

    /// <summary>Runs after the start, before another process may change or stop the lab.</summary>
    public Func<UpResult, CancellationToken, Task> Finish { get; init; } = static (_, _) => Task.CompletedTask;
}

/// <summary>The result.</summary>
/// <param name="Summary">Number of resources per operation.</param>
/// <param name="Failures">The failures; empty on success.</param>
/// <param name="Outputs">The outputs of the stack; empty after a failure.</param>
internal sealed record UpResult(CloudSummary Summary, IReadOnlyList<ResourceFailure> Failures, StackOutputValues Outputs);

/// <summary>A stack of a project on this machine: the real program, with a cloud of namespaces, containers and mirrors.</summary>
internal sealed class LabStack
{
    /// <summary>The stack that needs no account and no address of the user.</summary>
    public const string DefaultStack = "local";

    private const string AwaitReady = "/usr/local/libexec/inference/await-ready";

    /// <summary>The fake engine loads its small weights within seconds; a busy machine needs longer.</summary>
    private static readonly TimeSpan RepairPatience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan TimelineTimeout = TimeSpan.FromSeconds(15);
    private const string MostOfTimeline = "1M";

    private readonly string _projectFolder;

    private LabStack(string projectFolder, StackFile configuration, string? cache = null)
    {
        _projectFolder = projectFolder;
        Configuration = configuration;
        Folder = LabFolder.Of(projectFolder, configuration.Stack, cache);
        Sandbox = new Sandbox(Folder);
    }

    public StackFile Configuration { get; }
    public string Stack => Configuration.Stack;
    public LabFolder Folder { get; }
    public Sandbox Sandbox { get; }

    /// <summary>Whether its first process is running.</summary>
    public bool IsUp => Sandbox.Running is not null;

    /// <param name="project">The project.</param>
    /// <param name="stack">A stack of it.</param>
    /// <param name="command">The command, for the error message if the stack does not exist.</param>
    public static LabStack Of(PulumiProject project, string stack, string command = "up") =>
        new(project.Folder, project.Configuration(stack, command));

    /// <summary>The same for a configuration that was created in code.</summary>
    public static LabStack Of(string projectFolder, StackFile configuration, string? cache = null) =>
        new(projectFolder, configuration, cache);

    /// <summary>Starts what the stack declares, or what is missing of it. Can be repeated at any time.</summary>
    /// <exception cref="ConfigurationException">The configuration is invalid; nothing was changed.</exception>
    public async Task<UpResult> UpAsync(UpOptions options, CancellationToken cancel)
    {
        Configuration.Publish();
        var declared = InferenceProgram.Read(Configuration.Values, Configuration.SecretKeys, _projectFolder, Configuration.Stack);
        foreach (var warning in Configuration.WarningsOf(declared))
        {
            options.Print($"warning: {warning}");
        }

        using var held = await FolderLock.TakeAsync(Folder.Lock,
            holder => options.Print($"waiting for process {holder}, which changes this lab ..."), cancel);
        if (!CloudState.IsThere(Folder.Cloud) && IsUp)
        {
            options.Print("the files of this lab were deleted while it ran: stopping it ...");
            await Sandbox.KillAsync(cancel);
        }

        Folder.Create();
        StateFile.Remove(Folder.Connections); // left by a killed run
        var images = await ServerImages.PrepareAsync(Folder.Cache, Bases(declared, options), options.Print, cancel);
        var content = await MirrorContent.PrepareAsync(Folder, images, declared, options.Size, options.Print, cancel);
        var plan = LabPlan.In(declared, content);
        if (!IsUp)
        {
            // Leftovers of a killed lab outside of its namespaces.
            ServerProcess.SweepCgroups(Folder.CgroupPrefix);
        }

        await Sandbox.StartAsync(OperatorAddress(declared.Config), cancel);
        using var runtime = new HostRuntime(Folder, Sandbox, images, options.Base, new PlannedHardware(Stack, plan, options.Speed),
            options.Extras);
        using var state = CloudState.Open(Folder.Cloud, new AccountSettings { Catalog = plan.Catalog }, TimeProvider.System);
        DescribeAgain(runtime, state);
        var result = await DeployAsync(plan, state, runtime, options, cancel);
        if (result.Failures.Count == 0)
        {
            result = result with { Failures = await RepairAsync(options, cancel) };
        }

        if (result.Failures.Count == 0)
        {
            await options.Finish(result, cancel);
        }

        return result;
    }

    /// <summary>
    /// Checks every deployed server. A server that failed or was stopped after its start has no changed resources, and another one of its
    /// endpoint would answer instead. The node's readiness gate starts what is not running, waits, and reports failures.
    /// </summary>
    private async Task<IReadOnlyList<ResourceFailure>> RepairAsync(UpOptions options, CancellationToken cancel)
    {
        var failures = await Task.WhenAll(Nodes().Select(async node =>
        {
            var health = await NodeHealth.OfAsync(this, node, cancel);
            if (health.State is NodeHealth.Ready)
            {
                return null;
            }

            options.Print(
                $"{node.Name} is {health.State}{(health.Problem is { } known ? $" ({known})" : "")}: starting stopped units ...");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(RepairPatience + TimeSpan.FromSeconds(30));
            var gate = new ProgramAnswer(-1, "", "it does not answer");
            try
            {
                gate = await Server(node).AskAsync(
                    [AwaitReady, RepairPatience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)], null, limit.Token);
                health = await NodeHealth.OfAsync(this, node, limit.Token);
            }
            catch (Exception exception)
                when (exception is ConfigurationException || (exception is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // It is off or hangs: the state shows it.
            }

            return gate.Status == 0 && health.State == NodeHealth.Ready
                ? null : new ResourceFailure(Operation.Update, Types.Droplet, node.Name,
                $"the server started and is now {health.State}{(health.Problem is { } problem ? $": {problem}" : "")}\n"
                + $"{gate.Errors.Trim()}\n"
                + $"./infra logs {node.Name} shows why; to replace the server: ./infra exec {node.Name} -- poweroff, "
                + $"then ./infra up {Stack}");
        }));
        return [.. failures.OfType<ResourceFailure>()];
    }

    /// <summary>Deletes everything: processes, namespaces, disks, and the lab's folder.</summary>
    /// <returns>Whether the lab existed.</returns>
    public async Task<bool> DownAsync(Action<string> print, CancellationToken cancel)
    {
        if (!IsThere)
        {
            return false;
        }

        using var held = await FolderLock.TakeAsync(Folder.Lock, holder =>
            print($"waiting for process {holder}, which changes this lab ..."), cancel);
        if (!IsThere)
        {
            // The lock holder has deleted it.
            File.Delete(Folder.Lock);
            return false;
        }

        await Sandbox.KillAsync(cancel);
        if (Directory.Exists(Folder.Volumes))
        {
            foreach (var file in Directory.EnumerateFiles(Folder.Volumes, "*.img"))
            {
                await LoopDevices.DetachAsync(file, cancel);
            }
        }

        ServerProcess.SweepCgroups(Folder.CgroupPrefix);
        StateFile.Remove(Folder.Path);
        File.Delete(Folder.Lock);
        return true;
    }

    /// <summary>Whether anything of it exists: its folder, anything in place of the folder, or its processes.</summary>
    private bool IsThere =>
        Directory.Exists(Folder.Path) || File.Exists(Folder.Path) || new FileInfo(Folder.Path).LinkTarget is not null || IsUp;

    /// <summary>The endpoints of the last complete <see cref="UpAsync"/>.</summary>
    public IReadOnlyList<EndpointAccess> Endpoints() => EndpointAccess.Load(Folder);

    /// <summary>A client of an endpoint with its own key.</summary>
    public EndpointClient Client(EndpointAccess endpoint, string? client = null) => EndpointClient.Of(
        this, endpoint, new AccessFiles(Folder).Key(endpoint.Name, client ?? endpoint.Clients[0]));

    /// <summary>
    /// The system message of an endpoint's model, read from its first server like the printed command does; null: it has none.
    /// </summary>
    /// <exception cref="IOException">The server does not answer.</exception>
    public async Task<JsonObject?> SystemMessageAsync(EndpointAccess endpoint, DateOnly today, CancellationToken cancel)
    {
        const int noSuchFile = 1;
        var files = new AccessFiles(Folder);
        var words = Sandbox.Network(null,
            "ssh", "-F", "none", "-T", "-b", Sandbox.Operator, "-i", files.OperatorKey, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
            "-o", $"UserKnownHostsFile={files.KnownHosts}", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR",
            $"ops@{endpoint.NodeAddress}",
            $"test -e {SystemPrompt.NodePath} && head -c {SystemPrompt.MostCharacters} {SystemPrompt.NodePath}");
        var answer = await HostProgram.AskAsync(words[0], words[1..], cancel: cancel);
        return answer.Status switch
        {
            0 => SystemPrompt.Message(answer.Output, endpoint.Repository ?? endpoint.Model, today),
            noSuchFile when answer.Errors.Length == 0 => null,
            _ => throw new IOException($"the system prompt of {endpoint.Name} could not be read: {answer.Errors.Trim()}"),
        };
    }

    /// <summary>The existing servers by name.</summary>
    public IReadOnlyList<DeployedNode> Nodes() => DeployedStack.Read(Folder).Nodes;

    public ServerProcess Server(DeployedNode node) => new(Folder, Sandbox, node.Id);

    /// <summary>The current phase timeline of a node; empty before the node has one.</summary>
    public IReadOnlyList<PhaseEvent> TimelineOf(DeployedNode node) => TimelineOf(node.Id);

    public IReadOnlyList<PhaseEvent> TimelineOf(string serverId)
    {
        // Read on the server: a link or pipe in place of the file cannot lead to other files or block this process.
        using var limit = new CancellationTokenSource(TimelineTimeout);
        try
        {
            var answer = new ServerProcess(Folder, Sandbox, serverId)
                .AskAsync(["head", "-c", MostOfTimeline, PhaseTimeline.Path], null, limit.Token)
                .GetAwaiter().GetResult();
            return PhaseTimeline.Parse(answer.Output);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ConfigurationException or ProgramException
                or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task<UpResult> DeployAsync(StackPlan plan, CloudState state, HostRuntime runtime, UpOptions options,
        CancellationToken cancel)
    {
        await using var cloud = new LocalCloud(
            state, runtime, plan, new CloudOptions { Progress = options.Progress, Cancel = cancel });
        IDictionary<string, object?>? outputs = null;
        try
        {
            var result = await Pulumi.Deployment.TestAsync(
                cloud,
                new TestOptions { ProjectName = Configuration.Project, StackName = Stack, IsPreview = false },
                () => InferenceProgram.DefineAsync(plan,
                    new ProgramOptions { LiveSizes = InferenceProgram.AskDigitalOceanAsync, Watch = cloud.Watch }));
            outputs = result.Outputs;
        }
        catch (Exception) when (cloud.Failures.Count > 0 || cancel.IsCancellationRequested)
        {
            // Reported below with the single failures; an interrupted run may end before the first of them.
        }
        finally
        {
            await cloud.WaitForRunningAsync();
        }

        cancel.ThrowIfCancellationRequested();
        if (cloud.Failures.Count == 0)
        {
            await cloud.FinishAsync();
        }

        if (cloud.Failures.Count > 0 || outputs is null)
        {
            return new UpResult(cloud.Summary, cloud.Failures, StackOutputValues.None);
        }

        var values = await StackOutputValues.ReadAsync(outputs);
        AccessFiles.Write(Folder, values, state.Account.State.Find<PublicAuthority>(PublicAuthority.Name)?.CertificatePem);
        EndpointAccess.Save(Folder, EndpointAccess.Of(values, state, DeployedStack.Of(state.Account.State).Nodes));
        return new UpResult(cloud.Summary, cloud.Failures, values);
    }

    /// <summary>Existing servers get the current plan: another context length needs another KV cache.</summary>
    private static void DescribeAgain(HostRuntime runtime, CloudState state)
    {
        foreach (var node in DeployedStack.Of(state.Account.State).Nodes.Where(node => runtime.HasServer(node.Id)))
        {
            runtime.DescribeAgain(node.Id, node.Hostname, node.Size);
        }
    }

    /// <summary>Releases of the declared servers.</summary>
    private IEnumerable<string> Bases(StackPlan plan, UpOptions options) => plan.Endpoints
        .SelectMany(endpoint => Enumerable.Range(0, endpoint.Replicas)
            .Select(index => options.Extras.Image(Names.Hostname(Stack, endpoint.Name, index)).Base ?? options.Base));

    /// <summary>An address with SSH access: the first host of the first IPv4 range in the settings.</summary>
    private static string OperatorAddress(StackConfig config)
    {
        var ranges = config.AdminCidrs.Select(Cidr.Parse).Where(range => !range.IsV6).ToArray();
        return ranges is [var range, ..]
            ? range.At(range.PrefixLength < 31 ? (UInt128)7 % (range.Count - 1) : 0).ToString()
            : Sandbox.NoOperatorAddress;
    }
}
