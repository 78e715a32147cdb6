using CsCheck;
using Infra.Planning.Plan;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class RandomStackTests
{
    [Fact]
    public async Task Every_valid_stack_keeps_all_laws() =>
        await RandomStacks.Configs.SampleAsync(async config =>
        {
            var plan = StackPlan.Create(config);
            var run = await MockedDeployment.RunAsync(plan, stack: "any");
            Laws.Resources_satisfy_their_provider(run, preview: false);
            Laws.Resources_have_a_component_for_their_parent(run);
            Laws.Secrets_stay_where_they_belong(run);
            await Laws.Plain_outputs_hold_no_secret(run);
            Laws.Nothing_is_open_that_was_not_asked_for(run, plan, "any");
            await Laws.Droplets_come_after_their_firewalls(run);
        }, iter: 40, threads: 1);

    [Fact]
    public async Task A_preview_of_a_valid_stack_declares_what_the_deployment_does() =>
        await RandomStacks.Configs.SampleAsync(async config =>
        {
            var plan = StackPlan.Create(config);
            var preview = await MockedDeployment.RunAsync(plan, preview: true);
            var run = await MockedDeployment.RunAsync(plan);
            Laws.Resources_satisfy_their_provider(preview, preview: true);
            Assert.Equal(
                run.Declared.Select(resource => (resource.Type, resource.Name, resource.Parent)).Order(),
                preview.Declared.Select(resource => (resource.Type, resource.Name, resource.Parent)).Order());
        }, iter: 15, threads: 1);

    [Fact]
    public void Every_valid_stack_passes_the_rules_of_its_settings() =>
        RandomStacks.Configs.Sample(config =>
        {
            var errors = new List<Planning.Errors.UserError>();
            new Infra.Planning.Config.ConfigRules(errors).Check(config);
            Assert.Empty(errors);
        }, iter: 300);
}
