using Infra.Planning.Plan;
using Infra.Stacks;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>An example's addresses and domain are refused before the first resource of a real stack, and nowhere else.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PlaceholderTests
{
    private static readonly StackPlan s_plan = InferenceProgram.Read(StackFiles.Config("prod"));

    [Fact]
    public async Task Pulumi_up_refuses_them()
    {
        var mocks = new StrictMocks(preview: false);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(mocks, isPreview: false, refuse: true));
        Assert.Contains("endpoints.chat.domain: 'llm.example.com' is a placeholder", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("fix: pulumi config set --path 'adminCidrs[0]' ", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    public static TheoryData<string> Stacks() => [.. StackFiles.Names];

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Pulumi_up_refuses_each_stack_as_it_is_shipped_before_the_first_resource(string stack)
    {
        var mocks = new StrictMocks(preview: false);
        var plan = InferenceProgram.Read(StackFiles.Config(stack), projectDirectory: StackFiles.Root);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(mocks, isPreview: false, refuse: true, plan, stack));
        Assert.Contains("is a placeholder, which pulumi up refuses", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    [Theory]
    [InlineData(true, true)] // pulumi preview
    [InlineData(false, false)] // a lab
    public Task Previews_and_labs_do_not(bool isPreview, bool refuse) => RunAsync(new StrictMocks(isPreview), isPreview, refuse);

    private static async Task RunAsync(
        StrictMocks mocks, bool isPreview, bool refuse, StackPlan? plan = null, string stack = "prod") => await Pulumi.Deployment.TestAsync(
            mocks, new TestOptions { IsPreview = isPreview, StackName = stack },
            () => InferenceProgram.DefineAsync(plan ?? s_plan, new() { RefusePlaceholders = refuse }));
}
