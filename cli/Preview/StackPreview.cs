using Infra.Cli.Project;
using Infra.Node;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Cli.Preview;

/// <summary>What the stack program declares, without a cloud: the plan, and all resources with their parents.</summary>
/// <param name="Configuration">The stack.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Resources">All resources in declaration order, the stack first.</param>
internal sealed record StackPreview(StackFile Configuration, StackPlan Plan, IReadOnlyList<ObservedResource> Resources)
{
    public static async Task<StackPreview> RunAsync(PulumiProject project, string stack)
    {
        CloudConfig.Prepare();
        var configuration = project.Configuration(stack);
        configuration.Publish();
        var plan = Decide(configuration, project.Folder);
        return new StackPreview(configuration, plan, await DeclareAsync(configuration, plan));
    }

    /// <summary>Parts of the configuration that are not in this output.</summary>
    public IReadOnlyList<string> Warnings => Configuration.WarningsOf(Plan);

    private static StackPlan Decide(StackFile configuration, string folder)
    {
        try
        {
            return InferenceProgram.Read(configuration.Values, configuration.SecretKeys, folder, configuration.Stack);
        }
        catch (ConfigurationException errors) when (configuration.Warnings.Any())
        {
            // A value that seems to be missing may be there, where only the CLI looks, or where nothing does.
            var also = string.Join("; ", configuration.Warnings);
            throw new ConfigurationException(errors.Errors.Select(error =>
                error.Value is null && error.Problem.StartsWith("is missing", StringComparison.Ordinal)
                    ? error with { Problem = $"{error.Problem}; {also}" } : error));
        }
    }

    private static async Task<IReadOnlyList<ObservedResource>> DeclareAsync(StackFile configuration, StackPlan plan)
    {
        var mask = new SecretMask([.. configuration.SecretKeys.Select(key => configuration.Values[key])]);
        var mocks = new PreviewMocks($"{configuration.Project}-{configuration.Stack}", mask);
        await Deployment.TestAsync(
            mocks,
            new TestOptions { ProjectName = configuration.Project, StackName = configuration.Stack, IsPreview = true },
            () => InferenceProgram.DefineAsync(plan, new ProgramOptions { Watch = mocks.Watch }));
        return [.. mocks.Resources];
    }
}
