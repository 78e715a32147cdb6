using CsCheck;
using Infra.Planning.Plan;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class RandomStackTests
{
    [Fact]
    public async Task Every_valid_stack_keeps_all_laws() =>
        await RandomStacks.Settings.SampleAsync(async settings =>
        {
            var plan = StackPlan.Create(settings);
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
        await RandomStacks.Settings.SampleAsync(async settings =>
        {
            var plan = StackPlan.Create(settings);
            var preview = await MockedDeployment.RunAsync(plan, preview: true);
            var run = await MockedDeployment.RunAsync(plan);
            Laws.Resources_satisfy_their_provider(preview, preview: true);
            Assert.Equal(
                run.Declared.Select(resource => (resource.Type, resource.Name, resource.Parent)).Order(),
                preview.Declared.Select(resource => (resource.Type, resource.Name, resource.Parent)).Order());
        }, iter: 15, threads: 1);

    [Fact]
    public void Every_valid_stack_passes_the_rules_of_its_settings() =>
        RandomStacks.Settings.Sample(settings =>
        {
            var mistakes = new List<Planning.Errors.ConfigurationMistake>();
            new Infra.Planning.Config.SettingsRules(mistakes).Check(settings);
            Assert.Empty(mistakes);
        }, iter: 300);
}
