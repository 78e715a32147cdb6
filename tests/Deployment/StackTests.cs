using Infra.Planning.Plan;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class StackTests
{
    public static TheoryData<string, bool> Stacks()
    {
        var data = new TheoryData<string, bool>();
        foreach (var stack in StackFiles.Names)
        {
            data.Add(stack, true);
            data.Add(stack, false);
        }
        return data;
    }

    [Fact]
    public void The_stacks_are_the_five_that_the_documentation_names() =>
        Assert.Equal(["cluster", "dev", "large", "local", "prod"], StackFiles.Names);

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Every_resource_of_a_stack_satisfies_the_schema_of_its_provider(string stack, bool preview)
    {
        var run = await MockedDeployment.RunStackAsync(stack, preview);
        Laws.Resources_satisfy_their_provider(run, preview);
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task Every_resource_of_a_stack_has_a_component_for_its_parent(string stack, bool preview)
    {
        var run = await MockedDeployment.RunStackAsync(stack, preview);
        var roots = run.Declared.Where(resource => resource.Parent is null).ToList();
        Assert.All(roots, root => Assert.StartsWith("infra:components:", root.Type));
        Assert.Equal(
            ["authority", "network", "operator", .. StackPlan.Read(StackFiles.Config(stack)).Endpoints.Select(endpoint => endpoint.Name)],
            roots.OrderBy(root => root.Type == "infra:components:ModelEndpoint").ThenBy(root => root.Name, StringComparer.Ordinal)
                .Select(root => root.Name));
    }

    [Fact]
    public async Task The_dev_stack_declares_exactly_these_resources()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        Assert.Equal(
            """
            command:remote:Command 6
            digitalocean:index/droplet:Droplet 1
            digitalocean:index/firewall:Firewall 1
            digitalocean:index/sshKey:SshKey 1
            digitalocean:index/tag:Tag 2
            digitalocean:index/vpc:Vpc 1
            random:index/randomPassword:RandomPassword 1
            tls:index/certRequest:CertRequest 1
            tls:index/locallySignedCert:LocallySignedCert 1
            tls:index/privateKey:PrivateKey 5
            tls:index/selfSignedCert:SelfSignedCert 1
            """.ReplaceLineEndings("\n"),
            string.Join('\n', run.Custom.GroupBy(resource => resource.Type).OrderBy(group => group.Key, StringComparer.Ordinal).Select(
                group => $"{group.Key} {group.Count()}")));
    }
}
