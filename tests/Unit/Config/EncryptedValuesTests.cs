using Infra.Cli.Project;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>Encrypted values that nothing here can decrypt: the plan does without them, and says so.</summary>
public sealed class EncryptedValuesTests : IDisposable
{
    private const string Region = "  region: tor1\n";
    private const string Admins = "  adminCidrs: [203.0.113.7/32]\n";
    private const string Endpoints = "  endpoints: {chat: {model: mistralai/Ministral-3-3B-Instruct-2512}}\n";
    private const string S = "{secure: v1:x}";
    private const string Chat = $"{Region}{Admins}  endpoints: {{chat: {{";
    private const string Known = "model: mistralai/Ministral-3-3B-Instruct-2512";
    private const string Public = $"{Chat}model: {S}, access: public, ";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-encrypted-").FullName;

    public EncryptedValuesTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData($"  region: {S}\n{Admins}{Endpoints}", "region")]
    [InlineData($"{Region}  adminCidrs: [{S}]\n{Endpoints}", "adminCidrs[0]")]
    [InlineData($"{Region}  adminCidrs: [203.0.113.7/32, {S}, {S}]\n{Endpoints}", "adminCidrs[1], adminCidrs[2]")]
    [InlineData($"{Region}{Admins}{Endpoints}  maxHourlyUsd: {S}\n", "maxHourlyUsd")]
    [InlineData($"{Region}{Admins}{Endpoints}  vpcCidr: {S}\n", "vpcCidr")]
    [InlineData($"{Region}{Admins}{Endpoints}  ignoreAvailability: {S}\n", "ignoreAvailability")]
    [InlineData($"{Region}{Admins}{Endpoints}  adminSshKeys: [{S}]\n", "adminSshKeys[0]")]
    [InlineData($"{Region}{Admins}{Endpoints}  tags: [{S}, web]\n", "tags[0]")]
    [InlineData($"{Region}{Admins}{Endpoints}  engine: {{version: {S}, install: {S}}}\n", "engine.version, engine.install")]
    [InlineData($"{Region}{Admins}  endpoints: {{chat: {{model: {S}, replicas: {S}, size: {S}}}}}\n",
        "endpoints.chat.model, endpoints.chat.replicas, endpoints.chat.size")]
    [InlineData($"{Public}domain: {S}, clientCidrs: [{S}]}}}}\n",
        "endpoints.chat.model, endpoints.chat.domain, endpoints.chat.clientCidrs[0]")]
    [InlineData($"{Public}domain: {S}, dnsZone: example.org, clientCidrs: [0.0.0.0/0]}}}}\n",
        "endpoints.chat.model, endpoints.chat.domain")]
    [InlineData($"{Public}domain: a.example.org, dnsZone: {S}, clientCidrs: [0.0.0.0/0]}}}}\n",
        "endpoints.chat.model, endpoints.chat.dnsZone")]
    [InlineData($"{Chat}model: {S}, clients: [{S}, alice, {{name: {S}, concurrent: {S}}}], "
        + $"clientTags: [{S}], corsOrigins: [{S}], clientCidrs: [{S}]}}}}\n",
        "endpoints.chat.model, endpoints.chat.clients[0], endpoints.chat.clients[2].name, endpoints.chat.clients[2].concurrent, "
        + "endpoints.chat.clientTags[0], endpoints.chat.corsOrigins[0], endpoints.chat.clientCidrs[0]")]
    public void A_plan_does_without_an_encrypted_value_and_names_it(string config, string paths)
    {
        var plan = Plan(config);
        Assert.Equal(paths, string.Join(", ", plan.Encrypted));
        Assert.DoesNotContain("", plan.Config.AdminCidrs);
        Assert.All(plan.Config.Endpoints.Values, endpoint =>
        {
            Assert.DoesNotContain("", endpoint.ClientCidrs);
            Assert.DoesNotContain("", endpoint.Clients.Select(client => client.Name));
        });
    }

    [Theory]
    [InlineData($"{Region}  adminCidrs: {S}\n{Endpoints}", "adminCidrs")]
    [InlineData($"{Region}{Admins}  endpoints: {S}\n", "endpoints")]
    [InlineData($"{Region}{Admins}  endpoints: {{chat: {S}}}\n", "endpoints.chat")]
    [InlineData($"{Chat}{Known}, clients: {S}}}}}\n", "endpoints.chat.clients")]
    [InlineData($"{Region}{Admins}{Endpoints}  engine: {S}\n", "engine")]
    public void A_list_or_map_that_is_encrypted_as_a_whole_is_an_error(string config, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Plan(config)).Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains("encrypted as a whole", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_beside_an_encrypted_value_are_whole()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() =>
            Plan($"{Region}{Admins}  endpoints: {{chat: {{model: mistralai/Ministral-3-3B, size: {S}}}}}\n")).Errors);
        Assert.Equal("mistralai/Ministral-3-3B", error.Value);
        Assert.Contains("did you mean", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_run_with_decrypted_values_shows_reasons_but_no_value()
    {
        var config = Configs.With(("endpoints.chat.replicas", "\"0\""), ("endpoints.chat.size", "\"gpu-h100x1-80gbb\""),
            ("endpoints.chat.clients", "[\"Bob Secret\"]"));
        var errors = Assert.Throws<ConfigurationException>(() =>
            InferenceProgram.Read(config, new HashSet<string> { "inference:endpoints" })).Errors;
        Assert.All(errors, error => Assert.Equal("[secret]", error.Value));
        Assert.DoesNotContain(errors, error => error.ToString().Contains("bob", StringComparison.OrdinalIgnoreCase)
            || error.ToString().Contains("h100x1", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Problem.Contains("must be 1 to 1000 nodes", StringComparison.Ordinal));
    }

    private StackPlan Plan(string config)
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.read.yaml"), $"config:\n{config}");
        var file = PulumiProject.Find(_folder).Configuration("read");
        return InferenceProgram.Read(file.Values, file.SecretKeys, _folder, file.Stack);
    }
}
