using System.Collections.Immutable;
using System.Text;
using Infra.Components;
using Infra.Planning.Plan;
using Infra.Stacks;
using Pulumi;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class SecretTests
{
    private const string Command = "command:remote:Command";

    [Theory]
    [InlineData("dev")]
    [InlineData("cluster")]
    [InlineData("prod")]
    public async Task Secrets_are_nowhere_but_where_they_have_to_be(string stack)
    {
        var run = await MockedDeployment.RunStackAsync(stack);
        Laws.Secrets_stay_where_they_belong(run);
        await Laws.Plain_outputs_hold_no_secret(run);
    }

    [Fact]
    public async Task User_data_has_the_bootstrap_host_key_and_no_other_secret()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        var userData = run.Only("digitalocean:index/droplet:Droplet").Text("userData");
        Assert.Contains(StrictMocks.BootstrapKey, userData, StringComparison.Ordinal);
        Assert.Equal(1, userData.Split(StrictMocks.Secret).Length - 1);
    }

    [Fact]
    public async Task The_first_connection_expects_the_bootstrap_key_and_every_other_the_permanent_one()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        Assert.All(run.All(Command), command =>
        {
            var connection = (ImmutableDictionary<string, object>)command.Inputs["connection"];
            Assert.Equal(command.Name == "chat-0-host-key" ? "ssh-ed25519 AAAA-chat-0-one-use" : "ssh-ed25519 AAAA-chat-0-host",
                ((string)connection["hostKey"]).Trim());
            Assert.Equal("ops", connection["user"]);
            Assert.Equal("192.0.2.1", connection["host"]);
        });
        Assert.StartsWith("SECRET-KEY-OF chat-0-host\n", run.Named(Command, "chat-0-host-key").Text("stdin"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_are_handed_secrets_log_nothing_and_pass_nothing_in_the_environment()
    {
        var run = await MockedDeployment.RunStackAsync("cluster");
        Assert.All(run.All(Command), command =>
        {
            Assert.Equal(false, command.Inputs["addPreviousOutputInEnv"]);
            Assert.False(command.Inputs.ContainsKey("environment"));
            if (Leaks.In(command.Inputs.GetValueOrDefault("stdin")).Any())
            {
                Assert.Equal("none", command.Inputs["logging"]);
                Assert.Contains("stdout", command.Custom.AdditionalSecretOutputs);
                Assert.Contains("stderr", command.Custom.AdditionalSecretOutputs);
            }
        });
    }

    [Fact]
    public async Task Stored_secrets_are_lines_of_a_name_and_base64()
    {
        var plan = StackPlan.Read(StackFiles.Config("cluster"));
        var run = await MockedDeployment.RunAsync(plan,
            options: new ProgramOptions { HuggingFaceToken = Output.CreateSecret("SECRET-hf") });
        var stored = Stored(run, "chat-0");
        Assert.Equal(["clients", "huggingface.token", "tls.crt", "tls.key"], stored.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("backend sk-SECRET0000000000000000chat0backend\nbatch sk-SECRET0000000000000000chat0batch\n", stored["clients"]);
        Assert.Equal("SECRET-hf", stored["huggingface.token"]);
        Assert.Equal("CERT-OF chat-0-tls\n", stored["tls.crt"]);
        Assert.Equal("SECRET-PEM-OF chat-0-tls\n", stored["tls.key"]);
    }

    [Fact]
    public async Task Without_a_token_none_is_stored_so_that_an_old_one_goes()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        Assert.Equal(["clients", "tls.crt", "tls.key"], Stored(run, "chat-0").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Keys_and_private_key_are_secret_outputs_and_the_phase_timeline_is_not()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        foreach (var (name, output) in run.Outputs)
        {
            var (value, isSecret) = await MockedDeployment.ValueAsync(output);
            Assert.Equal(name is StackOutputs.ClientKeys or StackOutputs.SshPrivateKey, isSecret);
            Assert.NotNull(value);
        }
        var (timelines, _) = await MockedDeployment.ValueAsync(run.Outputs[StackOutputs.BringUp]);
        Assert.Equal("{\"phase\":\"ready\",\"node\":\"chat-0-ready\"}",
            Assert.IsType<ImmutableDictionary<string, string>>(timelines)["chat-0"]);
    }

    [Fact]
    public void Lines_of_clients_are_sorted_so_that_their_order_changes_nothing()
    {
        var one = NodeSecrets.Lines("k", "c", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, "");
        var other = NodeSecrets.Lines("k", "c", new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }, "");
        Assert.Equal(one, other);
    }

    private static Dictionary<string, string> Stored(MockedDeployment run, string node) =>
        run.Named(Command, $"{node}-secrets").Text("stdin").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => Encoding.UTF8.GetString(Convert.FromBase64String(words[1])));
}
