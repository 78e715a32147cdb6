using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Infra.Planning.Plan;
using Infra.Stacks;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>A resource as the program declared it.</summary>
internal sealed record Declared(string Type, string Name, ImmutableDictionary<string, object> Inputs, string? Parent,
    ResourceOptions Options, int Order)
{
    public string Text(string input) => Assert.IsType<string>(Inputs[input]);

    public CustomResourceOptions Custom => Assert.IsType<CustomResourceOptions>(Options);

    public override string ToString() => $"{Type} {Name}";
}

/// <summary>
/// One run of the real program under Pulumi's mocks, which are strict: an unknown type or call fails. A mock shows what was asked for, not
/// that DigitalOcean accepts it.
/// </summary>
internal sealed class MockedDeployment
{
    private MockedDeployment(IReadOnlyList<Declared> declared, IDictionary<string, object?> outputs)
    {
        Declared = declared;
        Outputs = outputs;
    }

    public IReadOnlyList<Declared> Declared { get; }
    public IDictionary<string, object?> Outputs { get; }

    /// <summary>The resources that a provider makes: all but components.</summary>
    public IEnumerable<Declared> Custom => Declared.Where(resource => !resource.Type.StartsWith("infra:", StringComparison.Ordinal));

    public IReadOnlyList<Declared> All(string type) => [.. Declared.Where(resource => resource.Type == type)];

    public Declared Only(string type) => Assert.Single(All(type));

    public Declared Named(string type, string name) => Assert.Single(Declared, resource => resource.Type == type && resource.Name == name);

    public static async Task<MockedDeployment> RunAsync(StackPlan plan, bool preview = false, string stack = "dev",
        ProgramOptions? options = null)
    {
        var mocks = new StrictMocks(preview);
        var watched = new List<(string Type, string Name, string? Parent, ResourceOptions Options)>();
        var watching = (options ?? new()) with
        {
            Watch = args =>
            {
                lock (watched)
                {
                    watched.Add((args.Resource.GetResourceType(), args.Resource.GetResourceName(), args.Options.Parent?.GetResourceName(),
                        args.Options));
                }
                return null;
            },
        };
        var result = await Deployment.TestAsync(
            mocks,
            new TestOptions { IsPreview = preview, StackName = stack, ProjectName = "inference" },
            () => InferenceProgram.DefineAsync(plan, watching));
        var declared = watched.Select((seen, order) =>
        {
            var inputs = mocks.Registered.TryGetValue((seen.Type, seen.Name), out var found)
                ? found
                : throw new InvalidOperationException($"{seen.Type} {seen.Name} was made and never registered");
            return new Declared(seen.Type, seen.Name, inputs, seen.Parent, seen.Options, order);
        }).ToList();
        Assert.Equal(mocks.Registered.Count, declared.Count); // a transformation of each root component reaches every resource
        return new(declared, result.Outputs);
    }

    /// <summary>A whole stack file, as the CLI would hand it over.</summary>
    public static Task<MockedDeployment> RunStackAsync(string stack, bool preview = false) =>
        RunAsync(StackPlan.Read(StackFiles.Config(stack)), preview, stack);

    /// <summary>The value of an output, and whether it is a secret; the value is null where it is not known.</summary>
    public static async Task<(object? Value, bool IsSecret)> ValueAsync(object? output) => output switch
    {
        null => (null, false),
        _ when output.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Output<>) =>
            await Read((dynamic)output),
        _ => (output, false),
    };

    private static async Task<(object? Value, bool IsSecret)> Read<T>(Output<T> output) =>
        (await Pulumi.Utilities.OutputUtilities.GetValueAsync(output), await Output.IsSecretAsync(output));

    public static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
