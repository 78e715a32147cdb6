using System.Collections.Immutable;
using System.Net;
using Infra.Cli.Project;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Lab.Provider;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>A stack that runs on this machine for the tests of a class, and is deleted after them. Needs root.</summary>
internal sealed class RunningStack : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private readonly string _projectFolder;

    private RunningStack(string projectFolder, StackFile configuration)
    {
        _projectFolder = projectFolder;
        LabStack = LabStack.Of(projectFolder, configuration);
    }

    public LabStack LabStack { get; private set; }

    /// <summary>The result of the last bring-up.</summary>
    public UpResult Result { get; private set; } = new(new CloudSummary(0, 0, 0, 0, 0), [], StackOutputValues.None);

    /// <summary>Speed of the fake engines from now on. Default: unlimited.</summary>
    public EngineSpeed Speed { get; set; } = EngineSpeed.Default with { TokensPerSecond = 0 };

    /// <summary>Names of the resources that the last <c>up</c> created, changed or deleted.</summary>
    public IReadOnlyList<string> Changed { get; private set; } = [];

    /// <summary>How it is brought up from now on, next to the speed. Its progress is the stack's own: see <see cref="Changed"/>.</summary>
    public UpOptions Options { get; set; } = new();

    public LabFolder Folder => LabStack.Folder;
    public Sandbox Sandbox => LabStack.Sandbox;

    /// <summary>Brings a stack up; fails the test with what went wrong.</summary>
    /// <param name="name">Name of the stack; each class has its own, because labs run side by side.</param>
    /// <param name="config">Settings without their namespace; objects are given as JSON.</param>
    /// <param name="speed">Of the fake engines.</param>
    public static async Task<RunningStack> UpAsync(string name, IReadOnlyDictionary<string, string> config, EngineSpeed? speed = null)
    {
        var stack = Prepare(name, config);
        stack.Speed = speed ?? stack.Speed;
        try
        {
            await stack.UpAgainAsync();
            Assert.Empty(stack.Result.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));
            return stack;
        }
        catch
        {
            // No one else would stop the parts that did start.
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same without bringing it up: for tests of what happens on the way.</summary>
    public static RunningStack Prepare(string name, IReadOnlyDictionary<string, string> config)
    {
        Assert.True(Environment.IsPrivilegedProcess, "the lab needs root: sudo ./infra test lab");
        var folder = Directory.CreateTempSubdirectory("infra-lab-test-").FullName;
        return new RunningStack(folder, Configuration(name, config));
    }

    /// <summary>Runs <c>up</c> again, with other settings if there are any. Failures are in <see cref="Result"/>.</summary>
    public async Task<UpResult> UpAgainAsync(IReadOnlyDictionary<string, string>? config = null)
    {
        if (config is not null)
        {
            LabStack = LabStack.Of(_projectFolder, Configuration(LabStack.Stack, config));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var operations = new RunOperations();
        try
        {
            Result = await LabStack.UpAsync(Options with { Speed = Speed, Progress = operations.Add }, limit.Token);
            Changed = operations.Changed;
            return Result;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new Xunit.Sdk.XunitException(
                $"up did not end within {Patience.TotalMinutes} minutes; still running: {operations.Running}");
        }
    }

    public DeployedNode Node(string name) => LabStack.Nodes().Single(node => node.Name == name);

    public EndpointAccess Endpoint(string name) => LabStack.Endpoints().Single(endpoint => endpoint.Name == name);

    public string Key(string endpoint, string client) => File.ReadAllText(new AccessFiles(Folder).ClientKey(endpoint, client)).Trim();

    /// <summary>Runs a command as root on a server.</summary>
    public Task<ProgramAnswer> InsideAsync(string node, params string[] command) => LabStack.Server(Node(node)).AskAsync(command);

    /// <summary>Runs a command line as a user of a server, with nothing of root's environment.</summary>
    public Task<ProgramAnswer> InsideAsAsync(string node, string user, string commandLine) =>
        InsideAsync(node, "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "bash", "-c", commandLine);

    /// <summary>
    /// Runs a program of this machine with the network of the operator and outsiders (null), of the neighbour or of a server.
    /// </summary>
    public Task<ProgramAnswer> OnNetworkAsync(string? namespaceName, params string[] command)
    {
        var words = Sandbox.Network(namespaceName, command);
        return HostProgram.AskAsync(words[0], words[1..]);
    }

    /// <summary>A TCP connection from an address of that network, as a stream; null where nothing answers in time.</summary>
    public async Task<Stream?> ConnectAsync(string? namespaceName, string? from, string to, int port, TimeSpan patience)
    {
        var socket = NamespaceSockets.Tcp(Sandbox.NetworkPath(namespaceName));
        using var limit = new CancellationTokenSource(patience);
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            }

            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(to), port), limit.Token);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Faults and bandwidths of the mirrors from now on.</summary>
    public void SetMirrors(Func<MirrorControl, MirrorControl> change) =>
        change(MirrorControl.Load(Folder.MirrorControl)).Save(Folder.MirrorControl);

    /// <summary>
    /// Asks again and again until it is so; fails with the description after that time. For states that come by themselves.
    /// </summary>
    public static async Task UntilAsync(string what, TimeSpan patience, Func<Task<bool>> isSo)
    {
        var end = DateTime.UtcNow + patience;
        while (!await isSo())
        {
            Assert.True(DateTime.UtcNow < end, $"{what}: not within {patience.TotalSeconds} s");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await LabStack.DownAsync(static _ => { }, CancellationToken.None);
        Directory.Delete(_projectFolder, recursive: true);
    }

    private static StackFile Configuration(string name, IReadOnlyDictionary<string, string> config) => new(
        "inference", name,
        config.ToImmutableSortedDictionary(setting => $"inference:{setting.Key}", setting => setting.Value, StringComparer.Ordinal),
        ImmutableHashSet<string>.Empty);
}
