using System.Collections.Concurrent;
using Infra.Lab.Deployment;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Deployments;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>An account of the local cloud, in a folder of its own, and what runs of the real program leave in it.</summary>
internal sealed class Account : IDisposable
{
    // Flushing a file to a disk takes longer than everything else here.
    private static readonly string s_parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static readonly ModelCatalog s_catalog = ModelCatalog.Load();

    private CloudState? _state;

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(s_parent, $"cloud-{Guid.NewGuid():n}")).FullName;
    public FakeHostRuntime Runtime { get; } = new();
    public CloudOptions Options { get; set; } = new();
    public int GpuLimit { get; init; } = 16;

    /// <summary>Whether runs first ask for the live sizes, as <c>./infra up</c> does.</summary>
    public bool AsksSizes { get; set; }

    public TimeProvider Clock { get; set; } = TimeProvider.System;
    public Pace Pace { get; set; } = Pace.Fast;

    /// <summary>All events of the last run.</summary>
    public ConcurrentQueue<ResourceEvent> Events { get; private set; } = new();

    /// <summary>Configuration of a stack file, with changes by key.</summary>
    public static StackPlan Plan(string stack, params (string Key, string Value)[] changes)
    {
        var config = StackFiles.Config(stack);
        foreach (var (key, value) in changes)
        {
            config[key] = value;
        }
        return StackPlan.Read(config);
    }

    /// <summary>One <c>up</c>: program, settling, and the deletions at the end.</summary>
    public Task<Run> UpAsync(StackPlan plan, string stack = "test") =>
        RunAsync(plan, stack, watch => InferenceProgram.DefineAsync(plan,
            new ProgramOptions { Watch = watch, LiveSizes = AsksSizes ? InferenceProgram.AskDigitalOceanAsync : null }));

    /// <summary>The same for a program that is not the project's.</summary>
    public Task<Run> UpAsync(Action<ComponentResourceOptions> program) => RunAsync(Plan("local"), "test", watch =>
    {
        var root = new ComponentResourceOptions();
        root.ResourceTransformations.Add(watch);
        program(root);
        return Task.FromResult<IDictionary<string, object?>>(new Dictionary<string, object?>());
    });

    /// <summary>What Pulumi's CLI would have warned of before the last run; null: nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>One <c>refresh</c>; the answers are ids for creations that are pending.</summary>
    public async Task RefreshAsync(params (string Type, string Name, string Id)[] answers)
    {
        using var state = Open();
        await using var cloud = New(state, Plan("local"));
        await cloud.RefreshAsync(answers.ToDictionary(answer => (answer.Type, answer.Name), answer => answer.Id));
    }

    public async Task<Run> DownAsync(bool refresh = false)
    {
        using var state = Open();
        await using var cloud = New(state, Plan("local"));
        var failure = await Record.ExceptionAsync(() => cloud.DestroyAllAsync(refresh));
        return new(cloud.Summary, cloud.Failures, [.. state.Resources], new Dictionary<string, object?>(), failure);
    }

    /// <summary>The process is killed: nothing is written any more.</summary>
    public void Kill() => _state?.Dispose();

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public CloudState Open() => _state = CloudState.Open(
        Folder, new() { Catalog = s_catalog, GpuLimit = GpuLimit, Pace = Pace }, Clock);

    /// <summary>What the account has at this moment, or had at the end of the last run.</summary>
    public AccountState State => _state?.Account.State ?? AccountState.Empty;

    /// <summary>What someone else does between two runs.</summary>
    public void Change(Action<AccountChange> change)
    {
        using var state = Open();
        state.Account.Change(change);
    }

    /// <summary>What someone else does during a run.</summary>
    public void ChangeNow(Action<AccountChange> change) => _state!.Account.Change(change);

    /// <summary>Between two runs: what is under way in the account ends.</summary>
    public async Task SettleAsync()
    {
        using var state = Open();
        await using var running = new RunningAccount(state.Account, Runtime);
        await running.UntilAsync(
            records => !records.All<Work>().Any(work => work.DueAt <= Clock.GetUtcNow()), TestContext.Current.CancellationToken);
    }

    private LocalCloud New(CloudState state, StackPlan plan)
    {
        Events = new();
        var cloud = new LocalCloud(state, Runtime, plan, Options with { Progress = Events.Enqueue });
        Warning = cloud.Warning;
        return cloud;
    }

    private async Task<Run> RunAsync(StackPlan plan, string stack, Func<ResourceTransformation, Task<IDictionary<string, object?>>> program)
    {
        using var state = Open();
        await using var cloud = New(state, plan);
        IDictionary<string, object?> outputs = new Dictionary<string, object?>();
        var failure = await Record.ExceptionAsync(async () =>
        {
            (_, outputs) = await Deployment.TestAsync(
                cloud, new TestOptions { IsPreview = false, StackName = stack, ProjectName = "inference" }, () => program(cloud.Watch));
            await cloud.WaitForRunningAsync();
            await cloud.FinishAsync();
        });
        await cloud.WaitForRunningAsync();
        return new(cloud.Summary, cloud.Failures, [.. state.Resources], outputs, failure);
    }
}

/// <summary>What a run came to.</summary>
internal sealed record Run(
    CloudSummary Summary, IReadOnlyList<ResourceFailure> Failures, IReadOnlyList<CloudResource> Resources,
    IDictionary<string, object?> Outputs, Exception? Thrown)
{
    public Run Succeeded()
    {
        Assert.Empty(Failures);
        Assert.Null(Thrown);
        return this;
    }

    /// <summary>The words of the only failure.</summary>
    public string Refusal
    {
        get
        {
            Assert.NotNull(Thrown);
            return Assert.Single(Failures).Message;
        }
    }

    public CloudResource Only(string type, string name) => Assert.Single(Resources, resource => resource.Is(type, name));
}
