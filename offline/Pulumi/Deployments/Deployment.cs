using System.Collections.Immutable;
using System.Text.Json;
using Pulumi.Serialization;
using Pulumi.Testing;

namespace Pulumi;

/// <summary>
/// Runs a program. Only under test: there is no engine here. A program that is to reach a cloud is built with the official packages.
/// </summary>
public sealed partial class Deployment
{
    private static readonly AsyncLocal<DeploymentInstance?> Running = new();

    private readonly IMocks _mocks;
    private readonly PendingWork _pending = new();
    private readonly List<Resource> _resources = [];
    private readonly List<string> _logged = [];
    private readonly ImmutableDictionary<string, string> _config = ReadConfig();

    private Deployment(IMocks mocks, TestOptions? options)
    {
        _mocks = mocks;
        StackName = options?.StackName ?? "stack";
        ProjectName = options?.ProjectName ?? "project";
        OrganizationName = options?.OrganizationName ?? "organization";
        IsDryRun = options?.IsPreview ?? true;
    }

    public static DeploymentInstance Instance =>
        Running.Value ?? throw new InvalidOperationException("Trying to acquire Deployment.Instance before 'Run' was called.");

    /// <summary>Asks the CLI whether its version is in a range. Under test there is none, and any range is satisfied.</summary>
    public static Task RequirePulumiVersionAsync(string pulumiVersionRange)
    {
        _ = Current;
        return Task.CompletedTask;
    }

    internal static Deployment Current => Instance.Deployment;

    internal string StackName { get; }

    internal string ProjectName { get; }

    internal string OrganizationName { get; }

    internal bool IsDryRun { get; }

    /// <summary>The stack as a resource: parent of those that have none. Null while it is being made.</summary>
    internal Resource? Root { get; private set; }

    /// <summary>Makes a failure of a task a failure of the deployment, if one runs.</summary>
    internal static void Watch(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            Running.Value?.Deployment._pending.Add(task);
        }
    }

    internal string? GetConfig(string key) => _config.GetValueOrDefault(key);

    /// <summary>Fails the deployment, unless an exception ends it: then the message is lost.</summary>
    internal void LogError(string message)
    {
        lock (_logged)
        {
            _logged.Add(message);
        }
    }

    internal void RegisterOutputs(ComponentResource component, Output<IDictionary<string, object?>> outputs)
    {
        _pending.Add(RegisterAsync());

        async Task RegisterAsync()
        {
            var urn = (await component.Urn.Data.ConfigureAwait(false)).Value;
            var values = (await outputs.Data.ConfigureAwait(false)).Value;
            var properties = await PlainValue.PropertiesAsync(PlainValue.MembersOf(values)).ConfigureAwait(false);
            await _mocks.RegisterResourceOutputs(
                new(urn, properties.ToImmutableDictionary(property => property.Key, property => new Output<object?>(property.Value))))
                .ConfigureAwait(false);
        }
    }

    /// <summary>Runs <paramref name="program"/>, waits for everything that it started, and throws for what failed.</summary>
    private async Task<(ImmutableArray<Resource> Resources, T Outputs)> RunAsync<T>(Func<Task<T>> program)
    {
        if (Running.Value is not null)
        {
            throw new InvalidOperationException("Deployment.Instance should only be set once at the beginning of a 'Run' call.");
        }

        Running.Value = new(this);
        var outputs = default(T);
        IReadOnlyList<Exception> failures;
        try
        {
            var root = new Stack(this);
            outputs = await program().ConfigureAwait(false);
            root.Complete();
            failures = await _pending.WhenDoneOrFailedAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failures = [exception];
        }

        // The official SDK sends a logged message in a task of its own, and ends at the first exception without a wait for that task: the
        // message may be lost. Here it always is, so that a test of a program that relies on it fails each time.
        ThrowErrors([.. failures.Select(Text)]);
        lock (_logged)
        {
            ThrowErrors(_logged);
        }

        lock (_resources)
        {
            return ([.. _resources], outputs!);
        }
    }

    private static string Text(Exception failure) =>
        failure is RunException or ResourceException { HideStack: true }
            ? failure.Message
            : $"Running program '{Environment.ProcessPath}' failed with an unhandled exception:\n{failure}";

    private static void ThrowErrors(List<string> errors)
    {
        if (errors.Count == 1)
        {
            throw new RunException(errors[0]);
        }

        if (errors.Count > 1)
        {
            throw new AggregateException(errors.Select(error => new RunException(error)));
        }
    }

    private static ImmutableDictionary<string, string> ReadConfig()
    {
        var text = Environment.GetEnvironmentVariable("PULUMI_CONFIG");
        if (text is null)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        using var document = JsonDocument.Parse(text);
        return document.RootElement.EnumerateObject()
            .ToImmutableDictionary(property => property.Name, property => property.Value.ToString());
    }

    /// <summary>The stack as a resource.</summary>
    private sealed class Stack : ComponentResource
    {
        public const string TypeToken = "pulumi:pulumi:Stack";

        public Stack(Deployment deployment)
            : base(TypeToken, $"{deployment.ProjectName}-{deployment.StackName}")
        {
            deployment.Root = this;
        }

        /// <summary>Like every component, the stack ends with registering its outputs; a tested one has none of its own.</summary>
        public void Complete() => RegisterOutputs();
    }
}
