using Infra.Cli.Project;
using Infra.Node;
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
        var plan = InferenceProgram.Read(configuration.Values, configuration.SecretKeys, project.Folder);
        return new StackPreview(configuration, plan, await DeclareAsync(configuration, plan));
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
