using Infra.Cli.Project;
using Infra.Stacks;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Node;

/// <summary>
/// The parts of <c>lab/pulumi-up</c> that need no Pulumi CLI: its arguments, its comparisons, what it reads in a stack's file.
/// </summary>
public sealed class PulumiUpTests : IDisposable
{
    private const string Said = """
        {"endpoints": [], "resources": [
          {"type": "pulumi:pulumi:Stack", "name": "inference-dev", "inputs": {}},
          {"type": "digitalocean:index/droplet:Droplet", "name": "chat-0",
           "inputs": {"name": "dev-chat-0", "size": "gpu-4000adax1-20gb", "region": "tor1", "image": "gpu-h100x1-base"}},
          {"type": "digitalocean:index/firewall:Firewall", "name": "network", "inputs": {"name": "inference.dev"}}]}
        """;

    private static readonly string s_root = Golden.GoldenFile.Root();

    private readonly string _folder = Directory.CreateTempSubdirectory("pulumi-up-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--nonsense", "'--nonsense' is not an option\n  fix: lab/pulumi-up --help\n")]
    [InlineData("nosuch", "nosuch: is not a stack of this project\n  fix: lab/pulumi-up cluster dev large local prod\n")]
    [InlineData("--work", "--work: needs a folder\n  fix: lab/pulumi-up --work /var/tmp/pulumi-up\n")]
    public async Task A_wrong_argument_is_one_message_with_a_fix(string argument, string expected)
    {
        var result = await Tool.RunAsync(Path.Combine(s_root, "lab", "pulumi-up"), argument);

        Assert.Equal((1, expected), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task A_machine_without_the_cli_is_told_where_it_is()
    {
        var result = await Tool.RunAsync("env", "PATH=/usr/bin:/bin", Path.Combine(s_root, "lab", "pulumi-up"), "dev");

        Assert.Equal((1, "pulumi: is not on the PATH\n  fix: https://www.pulumi.com/docs/install/\n"), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task A_state_with_the_resources_of_the_preview_is_the_same()
    {
        var state = Write("state", """
            {"deployment": {"resources": [
              {"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:dev::inference::pulumi:pulumi:Stack::inference-dev"},
              {"type": "pulumi:providers:digitalocean", "urn": "urn:pulumi:dev::inference::pulumi:providers:digitalocean::default"},
              {"type": "digitalocean:index/droplet:Droplet",
               "urn": "urn:pulumi:dev::inference::a$digitalocean:index/droplet:Droplet::chat-0"},
              {"type": "digitalocean:index/firewall:Firewall",
               "urn": "urn:pulumi:dev::inference::digitalocean:index/firewall:Firewall::network"},
              {"type": "digitalocean:index/tag:Tag", "urn": "urn:pulumi:dev::inference::digitalocean:index/tag:Tag::old", "delete": true}]}}
            """);

        Assert.Equal((0, ""), await CallAsync($"compare {Write("said", Said)} {state}"));
    }

    [Fact]
    public async Task A_missing_and_an_additional_resource_are_named()
    {
        var state = Write("state", """
            {"deployment": {"resources": [
              {"type": "digitalocean:index/droplet:Droplet",
               "urn": "urn:pulumi:dev::inference::digitalocean:index/droplet:Droplet::chat-0"},
              {"type": "digitalocean:index/tag:Tag", "urn": "urn:pulumi:dev::inference::digitalocean:index/tag:Tag::other"}]}}
            """);

        var (status, output) = await CallAsync($"compare {Write("said", Said)} {state}");

        Assert.Equal(1, status);
        Assert.Contains("< digitalocean:index/firewall:Firewall network\n", output, StringComparison.Ordinal);
        Assert.Contains("> digitalocean:index/tag:Tag other\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu-4000adax1-20gb", 0)]
    [InlineData("gpu-l40sx1-48gb", 1)]
    public async Task Droplets_of_the_account_are_compared_by_name_size_region_and_image(string size, int status)
    {
        var account = Write("account", $$$"""
            {"droplets": [{"name": "dev-chat-0", "size_slug": "{{{size}}}",
             "region": {"slug": "tor1"}, "image": {"slug": "gpu-h100x1-base"}}],
             "firewalls": [{"name": "inference.dev"}], "load_balancers": [], "volumes": []}
            """);

        Assert.Equal(status, (await CallAsync($"compare_account {Write("said", Said)} {account}")).Status);
    }

    [Theory]
    [InlineData("""{"droplets": [], "firewalls": []}""", 0, "true\n")]
    [InlineData("""{"droplets": [{"name": "left"}], "firewalls": []}""", 1, """{"droplets":["left"],"firewalls":[]}""")]
    public async Task What_is_left_in_the_account_is_named(string account, int status, string said)
    {
        var (ended, output) = await CallAsync($"is_empty {Write("account", account)}");

        Assert.Equal((status, said.Trim()), (ended, output.Trim()));
    }

    [Fact]
    public async Task Replaced_droplets_are_counted_once()
    {
        var preview = Write("preview", """
            {"steps": [
              {"op": "replace", "urn": "urn:pulumi:dev::inference::a$b$digitalocean:index/droplet:Droplet::chat-0"},
              {"op": "create-replacement", "urn": "urn:pulumi:dev::inference::a$b$digitalocean:index/droplet:Droplet::chat-0"},
              {"op": "replace", "urn": "urn:pulumi:dev::inference::command:remote:Command::chat-0-ready"},
              {"op": "update", "urn": "urn:pulumi:dev::inference::digitalocean:index/droplet:Droplet::chat-1"}]}
            """);

        Assert.Equal((0, "1\n"), await CallAsync($"replaced_droplets {preview}"));
    }

    [Theory]
    [InlineData("prod", "public_endpoints", "chat\n")]
    [InlineData("cluster", "public_endpoints", "")]
    [InlineData("prod", "clients_of", "2\n")]
    [InlineData("dev", "clients_of", "0\n")]
    public async Task A_stacks_file_is_read_for_its_public_endpoints_and_clients(string stack, string function, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "project"));
        var file = Path.Combine(_folder, "project", $"Pulumi.{stack}.yaml");
        File.Copy(Path.Combine(s_root, $"Pulumi.{stack}.yaml"), file);
        var argument = function == "clients_of" ? "chat" : file;

        Assert.Equal((0, expected), await CallAsync($"stack={stack}; {function} {argument}"));
    }

    [Fact]
    public async Task The_settings_raise_the_limit_before_a_change_needs_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "project"));
        File.Copy(Path.Combine(s_root, "Pulumi.dev.yaml"), Path.Combine(_folder, "project", "Pulumi.dev.yaml"));

        var (status, output) = await CallAsync(Settings("dev"));

        Assert.Equal((0, "'config' 'set' '--stack' 'dev' 'catalog' '/c/dev.json' \n'config' 'set' '--stack' 'dev' 'maxHourlyUsd' '100' \n" +
            "'config' 'set' '--stack' 'dev' '--path' 'adminCidrs[0]' '198.18.0.7/32' \n"), (status, output));
    }

    [Fact]
    public async Task The_program_takes_the_settings_of_a_public_endpoint()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "project"));
        File.Copy(Path.Combine(s_root, "Pulumi.prod.yaml"), Path.Combine(_folder, "project", "Pulumi.prod.yaml"));
        var config = new PulumiConfigCommands(PulumiProject.Find(s_root).Configuration("prod").Values);

        var (_, output) = await CallAsync(Settings("prod"));
        // Without the first one, the catalog's file, which is not here.
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            config.Run("pulumi " + line.Trim().Replace(" '--stack' 'prod'", "", StringComparison.Ordinal));
        }

        var plan = InferenceProgram.Read(config.Config, null, s_root, "prod");
        Assert.Equal("chat.example.dev", Assert.Single(plan.Config.Endpoints).Value.Domain);
        Assert.Empty(plan.Placeholders);
    }

    [Theory]
    [InlineData("gpu-4000adax1-20gb", "gpu-l40sx1-48gb")]
    [InlineData("gpu-l40sx1-48gb", "gpu-6000adax1-48gb")]
    [InlineData("gpu-h200x8-1128gb", "gpu-mi325x8-2048gb")]
    public async Task Another_size_has_as_many_GPUs(string size, string other)
    {
        File.WriteAllText(Path.Combine(_folder, "s.said.json"), $$"""{"endpoints": [{"size": "{{size}}"}]}""");

        Assert.Equal((0, $"config set --stack s --path endpoints.chat.size {other}\n"),
            await CallAsync("stack=s; cli() { echo \"$@\"; }; another_size chat"));
    }

    [Fact]
    public async Task Each_step_has_a_log_of_its_own()
    {
        var (status, output) = await CallAsync("stack=dev step=0; run 'first one' true; run 'with ./infra' true; cd $work; ls *.log");

        Assert.Equal(0, status);
        Assert.StartsWith("dev.01-first-one.log\ndev.02-with-.-infra.log\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_the_program_refuses_is_named_with_the_file_that_says_why()
    {
        var (status, output) = await CallAsync("stack=dev step=0; cli() { return 1; }; change 'another replica' 0 true");

        Assert.Equal(1, status);
        Assert.Contains("dev: another replica: the preview failed\n  fix: the diagnostics in", output, StringComparison.Ordinal);
    }

    // With commands that only print what they are given.
    private static string Settings(string stack) =>
        $"stack={stack} INFRA_LAB_CATALOGS=/c; cli() {{ printf \"'%s' \" \"$@\"; echo; }}; curl() {{ echo 198.18.0.7; }}; settings";

    private string Write(string name, string content)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    private async Task<(int Status, string Output)> CallAsync(string line)
    {
        var result = await Tool.RunAsync("bash", "-c",
            $"set -euo pipefail; root={s_root} work={_folder}; . \"$root/lab/pulumi-up.bash\"; {line}");
        return (result.ExitCode, result.All);
    }
}
