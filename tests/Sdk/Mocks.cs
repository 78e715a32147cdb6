using System.Collections.Immutable;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Sdk;

/// <summary>
/// Records the SDK's requests. Every resource gets its name with "-id" as id and its inputs as state, unless a test overrides it.
/// </summary>
internal sealed class Mocks : IMocks
{
    private readonly Lock _lock = new();

    public List<MockResourceArgs> Registered { get; } = [];

    public List<MockCallArgs> Called { get; } = [];

    /// <summary>URN of each component and of the stack, in the order in which they registered their outputs, and those outputs.</summary>
    public List<MockRegisterResourceOutputsRequest> Completed { get; } = [];

    public Func<MockResourceArgs, Task<(string? Id, object State)>> Answer { get; init; } =
        args => Task.FromResult<(string?, object)>(($"{args.Name}-id", args.Inputs));

    public Func<MockCallArgs, object> Result { get; init; } =
        args => throw new InvalidOperationException($"Unexpected call of {args.Token}.");

    public static Mocks WithState(object state, string? id = "an-id") => new() { Answer = _ => Task.FromResult((id, state)) };

    public MockResourceArgs Only(string name) => Registered.Single(args => args.Name == name);

    public async Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        lock (_lock)
        {
            Registered.Add(args);
        }

        return await Answer(args);
    }

    public Task<object> CallAsync(MockCallArgs args)
    {
        Called.Add(args);
        return Task.FromResult(Result(args));
    }

    public Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args)
    {
        lock (_lock)
        {
            Completed.Add(args);
        }

        return Task.CompletedTask;
    }

    /// <summary>Runs a program to its end and hands back what it made of itself.</summary>
    public async Task<T> RunAsync<T>(Func<T> program, bool preview = false)
    {
        var result = default(T);
        await Deployment.TestAsync(this, new TestOptions { IsPreview = preview }, () => { result = program(); });
        return result!;
    }

    public Task RunAsync(Action program, bool preview = false) =>
        Deployment.TestAsync(this, new TestOptions { IsPreview = preview }, program);

    /// <summary>The object in a list of one, as a mock receives it.</summary>
    public static ImmutableDictionary<string, object> OnlyObject(object list) =>
        Assert.IsType<ImmutableDictionary<string, object>>(Assert.Single(Assert.IsType<ImmutableArray<object>>(list)));

    /// <summary>The state for a resource that has these properties.</summary>
    public static ImmutableDictionary<string, object> State(params (string Name, object Value)[] properties) =>
        properties.ToImmutableDictionary(property => property.Name, property => property.Value);
}
