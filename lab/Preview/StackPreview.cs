using System.Collections.Immutable;
using Infra.Components.Planning;
using Infra.Lab.Project;
using Infra.Stacks;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Lab.Preview;

/// <summary>What the stack program declares, seen without a cloud: the plan, and every resource with its parent.</summary>
/// <param name="Configuration">The stack.</param>
/// <param name="Plan">What was decided before the first resource.</param>
/// <param name="Resources">All resources in the order of their declaration, the stack first.</param>
internal sealed record StackPreview(StackFile Configuration, StackPlan Plan, IReadOnlyList<ObservedResource> Resources)
{
    public static async Task<StackPreview> RunAsync(PulumiProject project, string stack)
    {
        var configuration = project.Configuration(stack);
        configuration.Publish();
        var plan = StackPlan.Read(configuration.Values, configuration.SecretKeys, project.Folder);
        return new StackPreview(configuration, plan, await DeclareAsync(configuration, plan));
    }

    private static async Task<IReadOnlyList<ObservedResource>> DeclareAsync(StackFile configuration, StackPlan plan)
    {
        var mocks = new PreviewMocks();
        await Deployment.TestAsync(
            mocks,
            new TestOptions { ProjectName = configuration.Project, StackName = configuration.Stack, IsPreview = true },
            () => InferenceProgram.DefineAsync(plan, new ProgramOptions { Watch = mocks.Watch }));

        var root = $"{configuration.Project}-{configuration.Stack}";
        var mask = new SecretMask([.. configuration.SecretKeys.Select(key => configuration.Values[key])]);
        return [
            new ObservedResource(ObservedResource.StackType, root, null, null, ImmutableSortedDictionary<string, object?>.Empty),
            .. mocks.Declared.Select(resource =>
            {
                var (type, name) = (resource.Resource.GetResourceType(), resource.Resource.GetResourceName());
                var parent = resource.Options.Parent;
                return new ObservedResource(
                    type,
                    name,
                    parent?.GetResourceName() ?? root,
                    parent?.GetResourceType() ?? ObservedResource.StackType,
                    mask.Apply(mocks.InputsOf(type, name)));
            }),
        ];
    }
}
