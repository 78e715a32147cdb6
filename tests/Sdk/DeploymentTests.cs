using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>The deployment itself: what it calls itself, and what it hands back.</summary>
[Collection(SerialRuns.Name)]
public sealed class DeploymentTests
{
    [Fact]
    public async Task A_test_is_a_preview_of_stack_stack_of_project_project_by_default()
    {
        var seen = "";
        await Deployment.TestAsync(new Mocks(), new(), () => seen = Describe(Deployment.Instance));
        Assert.Equal("organization/project/stack True", seen);
    }

    [Fact]
    public async Task A_test_may_set_where_it_runs()
    {
        var seen = "";
        await Deployment.TestAsync(
            new Mocks(),
            new() { StackName = "s", ProjectName = "p", OrganizationName = "o", IsPreview = false },
            () => seen = Describe(Deployment.Instance));
        Assert.Equal("o/p/s False", seen);
    }

    [Fact]
    public async Task Under_test_any_version_of_the_CLI_will_do_and_outside_of_a_deployment_none_can_be_asked()
    {
        await Deployment.TestAsync(new Mocks(), new(), () => Deployment.RequirePulumiVersionAsync(">=999.0.0"));
        Assert.Throws<InvalidOperationException>(() => { _ = Deployment.RequirePulumiVersionAsync(">=999.0.0"); });
    }

    [Fact]
    public async Task The_outputs_of_the_program_come_back_as_it_made_them()
    {
        var (_, outputs) = await Deployment.TestAsync(new Mocks(), new(), async () =>
        {
            await Task.Yield();
            IDictionary<string, object?> made = new Dictionary<string, object?>
            {
                ["id"] = new Tag("t").Id,
                ["secret"] = Output.CreateSecret("s"),
                ["plain"] = 1,
                ["none"] = null,
            };
            return made;
        });
        Assert.Equal("t-id", await OutputUtilities.GetValueAsync((Output<string>)outputs["id"]!));
        Assert.True(await Output.IsSecretAsync((Output<string>)outputs["secret"]!));
        Assert.Equal(1, outputs["plain"]);
        Assert.Null(outputs["none"]);
    }

    [Fact]
    public async Task The_stack_is_not_among_the_resources()
    {
        var resources = await Deployment.TestAsync(new Mocks(), new(), () => { _ = new Tag("t"); });
        Assert.Equal("t", Assert.Single(resources).GetResourceName());
    }

    [Fact]
    public void Outside_of_a_deployment_there_is_none()
    {
        Assert.Throws<InvalidOperationException>(() => Deployment.Instance);
        Assert.Throws<InvalidOperationException>(() => new Tag("t"));
    }

    [Fact]
    public async Task A_deployment_leaves_nothing_behind_and_another_may_follow()
    {
        await new Mocks().RunAsync(() => _ = new Tag("t"));
        Assert.Throws<InvalidOperationException>(() => Deployment.Instance);
        await new Mocks().RunAsync(() => _ = new Tag("t"));
    }

    [Fact]
    public async Task A_deployment_inside_a_deployment_is_refused()
    {
        var exception = await Assert.ThrowsAsync<RunException>(
            () => Deployment.TestAsync(new Mocks(), new(), () => new Mocks().RunAsync(() => { })));
        Assert.Contains("Deployment.Instance should only be set once", exception.Message, StringComparison.Ordinal);
    }

    private static string Describe(DeploymentInstance instance) =>
        $"{instance.OrganizationName}/{instance.ProjectName}/{instance.StackName} {instance.IsDryRun}";
}
