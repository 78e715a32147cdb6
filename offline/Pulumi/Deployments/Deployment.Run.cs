using System.Collections.Immutable;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    private const string HowToGetTheOfficialSdk =
        "error: this program was built with the offline subset of the Pulumi SDK, which previews and tests stacks but talks to no cloud. " +
        "Build it again with the official packages (Pulumi, Pulumi.DigitalOcean, Pulumi.Command, Pulumi.Random and Pulumi.Tls, from " +
        "https://api.nuget.org/v3/index.json or a feed that mirrors it) by leaving the MSBuild property and environment "
            + "variable PulumiSdk " +
        "unset or setting it to 'official', and run it with the Pulumi CLI: pulumi up.";

    /// <summary>Refuses: prints how to get the official SDK and answers with exit code 1.</summary>
    public static Task<int> RunAsync(Action action) => RefuseAsync();

    /// <inheritdoc cref="RunAsync(Action)"/>
    public static Task<int> RunAsync(Func<IDictionary<string, object?>> func) => RefuseAsync();

    /// <inheritdoc cref="RunAsync(Action)"/>
    public static Task<int> RunAsync(Func<Task> func) => RefuseAsync();

    /// <inheritdoc cref="RunAsync(Action)"/>
    public static Task<int> RunAsync(Func<Task<IDictionary<string, object?>>> func, StackOptions? options = null) => RefuseAsync();

    /// <summary>
    /// Runs a program with <paramref name="testMocks"/> in place of engine and providers. Answers with what it declared, in order of
    /// registration, and with its outputs. Throws <see cref="RunException"/> when anything fails, or an <see cref="AggregateException"/> of
    /// several.
    /// </summary>
    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<Task<IDictionary<string, object?>>> createResources) =>
        await new Deployment(testMocks, testOptions).RunAsync(createResources).ConfigureAwait(false);

    /// <inheritdoc cref="TestAsync(IMocks, TestOptions, Func{Task{IDictionary{string, object}}})"/>
    public static async Task<(ImmutableArray<Resource> Resources, IDictionary<string, object?> Outputs)> TestAsync(
        IMocks testMocks, TestOptions testOptions, Func<IDictionary<string, object?>> createResources) =>
        await new Deployment(testMocks, testOptions).RunAsync(() => Task.FromResult(createResources())).ConfigureAwait(false);

    /// <inheritdoc cref="TestAsync(IMocks, TestOptions, Func{Task{IDictionary{string, object}}})"/>
    public static async Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Func<Task> createResources) =>
        (await new Deployment(testMocks, testOptions).RunAsync(async () =>
        {
            await createResources().ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false)).Resources;

    /// <inheritdoc cref="TestAsync(IMocks, TestOptions, Func{Task{IDictionary{string, object}}})"/>
    public static Task<ImmutableArray<Resource>> TestAsync(IMocks testMocks, TestOptions testOptions, Action createResources) =>
        TestAsync(testMocks, testOptions, () =>
        {
            createResources();
            return Task.CompletedTask;
        });

    private static async Task<int> RefuseAsync()
    {
        await Console.Error.WriteLineAsync(HowToGetTheOfficialSdk).ConfigureAwait(false);
        return 1;
    }
}

/// <summary>Options of the stack.</summary>
public class StackOptions
{
    public List<ResourceTransformation> ResourceTransformations { get => field ??= []; set; }
}
