using Infra.Planning.Config;
using Infra.Planning.Plan;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class EndpointLoadBalancerTests
{
    private const string LoadBalancer = "digitalocean:index/loadBalancer:LoadBalancer";

    [Fact]
    public async Task A_certificate_may_take_three_tries_of_twenty_minutes()
    {
        var certificate = (await MockedDeployment.RunStackAsync("prod")).Only("digitalocean:index/certificate:Certificate");
        Assert.Equal(TimeSpan.FromMinutes(75), certificate.Options.CustomTimeouts?.Create);
        Assert.DoesNotContain("name", certificate.Inputs.Keys); // so that a new one can stand next to it: pulumi up --replace
    }

    [Fact]
    public async Task An_internal_load_balancer_without_named_callers_allows_the_VPC()
    {
        var run = await MockedDeployment.RunStackAsync("local");
        // the range that the stack names
        var firewall = (System.Collections.Immutable.ImmutableDictionary<string, object>)run.Only(LoadBalancer).Inputs["firewall"];
        Assert.Equal(["cidr:10.100.0.0/20"], Laws.Texts(firewall, "allows"));
    }

    [Fact]
    public async Task A_public_endpoint_without_callers_is_refused_because_an_empty_list_opens_it_to_everyone()
    {
        var plan = StackPlan.Read(StackFiles.Config("prod"));
        plan = plan with
        {
            Endpoints =
                [.. plan.Endpoints.Select(endpoint => endpoint with { Ports = endpoint.Ports with { LoadBalancer = Callers.None } })],
        };
        var refused = await Record.ExceptionAsync(() => MockedDeployment.RunAsync(plan, stack: "prod"));
        Assert.Contains("endpoints.chat.clientCidrs[0] is missing", refused!.ToString(), StringComparison.Ordinal);
        Assert.Contains("fix: pulumi config set --path 'endpoints.chat.clientCidrs[0]'", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_warns_of_a_parallel_rollout_and_of_the_idle_timeout_of_an_internal_endpoint()
    {
        var local = Assert.Single(StackPlan.Read(StackFiles.Config("local")).Endpoints);
        Assert.Equal((2, Rollout.Parallel, Access.Internal, 60), (local.Replicas, local.Rollout, local.Access, local.IdleTimeoutSeconds));
        Assert.Contains(local.Warnings, warning =>
            warning.Contains("deletes 2 of 2 servers", StringComparison.Ordinal) && warning.Contains("rolling", StringComparison.Ordinal));
        var prod = Assert.Single(StackPlan.Read(StackFiles.Config("prod")).Endpoints);
        Assert.Equal(600, prod.IdleTimeoutSeconds);
        Assert.Null(Assert.Single(StackPlan.Read(StackFiles.Config("dev")).Endpoints).IdleTimeoutSeconds);
        Assert.DoesNotContain(prod.Warnings, warning => warning.Contains("servers", StringComparison.Ordinal));
    }
}
