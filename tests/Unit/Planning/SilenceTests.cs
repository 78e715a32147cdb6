using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Unit.Planning;

/// <summary>A setting that may cost money, or unintentionally open or close an endpoint, gives an error or a warning.</summary>
public sealed class SilenceTests
{
    private const string Chat = "endpoints.chat";

    private static readonly (string, string?)[] s_public =
    [
        ($"{Chat}.access", "\"public\""), ($"{Chat}.domain", "\"llm.acme.dev\""), ($"{Chat}.clientCidrs", "[\"8.8.8.0/24\"]"),
    ];

    [Theory]
    [InlineData("0.0.0.0/0", "the endpoint is open to the whole internet")]
    [InlineData("0.0.0.0/1 128.0.0.0/1", "the endpoint is open to the whole internet")]
    [InlineData("128.0.0.0/1 8.8.8.0/24", "the endpoint is open to most of the internet")]
    [InlineData("8.0.0.0/8", null)]
    public void An_endpoint_that_is_open_to_the_world_is_warned_of_however_it_is_written(string ranges, string? expected)
    {
        var list = $"[{string.Join(',', ranges.Split(' ').Select(range => $"\"{range}\""))}]";
        var open = Warnings([.. s_public, ($"{Chat}.clientCidrs", list)])
            .Where(warning => warning.Contains("is open to", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected is null ? 0 : 1, open.Count);
        Assert.All(open, warning => Assert.StartsWith(expected!, warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Ipv6_callers_alone_would_leave_a_public_endpoint_without_callers()
    {
        var error = Assert.Single(Errors([.. s_public, ($"{Chat}.clientCidrs", "[\"::/0\"]")]));
        Assert.Contains("no one could call", error.Problem, StringComparison.Ordinal);
        Assert.Equal($"pulumi config set --path '{Chat}.clientCidrs[1]' 0.0.0.0/0", error.Fix);
    }

    [Theory]
    [InlineData("llm.acme.internal")]
    [InlineData("llm.local")]
    [InlineData("llm.lan")]
    public void A_domain_outside_of_the_public_dns_gets_no_certificate(string domain) =>
        Assert.Contains("no authority issues a certificate",
            Assert.Single(Errors([.. s_public, ($"{Chat}.domain", $"\"{domain}\"")])).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_private_address_among_those_for_ssh_is_warned_of() => Assert.Contains(
        "adminCidrs[1] 10.0.0.0/16 is private: no connection comes from it, because SSH goes to the public addresses of the Droplets",
        Warnings(("adminCidrs", "[\"8.8.8.8/32\", \"10.0.0.0/16\"]")));

    [Theory]
    [InlineData("infrence:maxHourlyUsd", "5", "did you mean inference:maxHourlyUsd?",
        "pulumi config rm 'infrence:maxHourlyUsd' && pulumi config set --path 'maxHourlyUsd' 5")]
    [InlineData(":maxHourlyUsd", "5", "did you mean inference:maxHourlyUsd?",
        "pulumi config rm ':maxHourlyUsd' && pulumi config set --path 'maxHourlyUsd' 5")]
    [InlineData("dev:maxHourlyUsd", "5", "did you mean inference:maxHourlyUsd?",
        "pulumi config rm 'dev:maxHourlyUsd' && pulumi config set --path 'maxHourlyUsd' 5")]
    [InlineData("inference:", "x", "is not a setting", "remove it from the file of the stack")]
    [InlineData("do:token", "dop_v1_0123456789abcdef", "is stored in plain text", "pulumi config set --secret 'do:token'")]
    [InlineData("digitalocean:token", "dop_v1_x", "is stored in plain text", "pulumi config set --secret 'digitalocean:token'")]
    public void A_harmful_key_of_another_namespace_is_rejected(string key, string value, string problem, string fix)
    {
        var config = Configs.With();
        config[key] = value;
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => StackPlan.Read(config, new HashSet<string>())).Errors);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Equal(fix, error.Fix);
    }

    [Fact]
    public void An_image_for_other_cards_than_the_chosen_ones_is_refused()
    {
        Assert.Contains("has the driver for AMD cards",
            Assert.Single(Errors(($"{Chat}.image", "\"gpu-amd-base\""))).Problem, StringComparison.Ordinal);
        Assert.Contains("is a plain system without a GPU driver",
            Assert.Single(Errors(($"{Chat}.image", "\"ubuntu-24-04-x64\""))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_requests_in_the_engine_than_asked_for_choose_no_larger_size() => Assert.Equal(
        $"pulumi config set --path '{Chat}.maxNumSeqs' 4",
        Assert.Single(Errors(($"{Chat}.maxNumSeqs", "2"), ($"{Chat}.concurrency", "4"))).Fix);

    [Fact]
    public void A_base_model_is_warned_of_with_the_one_that_chats() => Assert.Contains(
        Warnings(($"{Chat}.model", "\"mistralai/Ministral-3-3B-Base-2512\"")),
        warning => warning.Contains("does not answer in a chat; mistralai/Ministral-3-3B-Instruct-2512 does", StringComparison.Ordinal));

    [Fact]
    public void A_region_that_no_one_knows_is_warned_of_where_it_is_allowed() => Assert.Contains(
        Warnings(("region", "\"tor9\""), ("ignoreAvailability", "\"true\""), ($"{Chat}.size", "\"gpu-4000adax1-20gb\"")),
        warning => warning.Contains("region tor9 has no known GPU size", StringComparison.Ordinal)
            && warning.Contains("did you mean tor1", StringComparison.Ordinal));

    [Theory]
    [InlineData("\"chat-\"")]
    public void A_name_does_not_end_in_a_hyphen(string name) =>
        Assert.Contains("no '-' at the end", Assert.Single(Errors(($"{Chat}.clients", $"[{name}]"))).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_price_above_the_threshold_needs_a_limit()
    {
        var error = Assert.Single(Errors(($"{Chat}.replicas", "14")));
        Assert.Equal(("maxHourlyUsd", "pulumi config set --path 'maxHourlyUsd' 10.64"), (error.Key, error.Fix));
        Assert.Equal(13, StackPlan.Read(Configs.With(($"{Chat}.replicas", "13"))).Endpoints[0].Replicas);
    }

    [Fact]
    public void The_engine_of_an_endpoint_keeps_the_other_members_of_the_stacks()
    {
        var plan = StackPlan.Read(Configs.With(("engine.install", "\"venv\""), ($"{Chat}.engine.version", "\"0.31.0\""))).Endpoints[0];
        Assert.Equal(("Venv", "0.31.0"), (plan.Install.ToString(), plan.Placement.Engine.Version));
        var error = Assert.Single(Errors(
            ("engine.install", "\"venv\""), ($"{Chat}.engine.version", "\"0.31.0\""), ($"{Chat}.size", "\"gpu-mi325x1-256gb\"")));
        Assert.Equal("engine.install", error.Key);
    }

    [Fact]
    public void Placeholders_are_warned_of_with_the_command_that_sets_them()
    {
        var plan = StackPlan.Read(StackFiles.Config("prod"));
        Assert.Equal(
            ["adminCidrs[0]", $"{Chat}.clientCidrs[0]", $"{Chat}.domain", $"{Chat}.dnsZone"], plan.Placeholders.Select(error => error.Key));
        Assert.All(plan.Placeholders, error =>
        {
            Assert.StartsWith($"pulumi config set --path '{error.Key}' ", error.Fix, StringComparison.Ordinal);
            Assert.Contains(plan.Warnings, warning => warning.EndsWith(error.Fix, StringComparison.Ordinal));
        });
        Assert.Empty(StackPlan.Read(Configs.With([.. s_public, ("adminCidrs", "[\"8.8.8.8/32\"]")])).Warnings);
    }

    private static IReadOnlyList<UserError> Errors(params (string, string?)[] edits) =>
        Assert.Throws<ConfigurationException>(() => StackPlan.Read(Configs.With(edits))).Errors;

    private static List<string> Warnings(params (string, string?)[] edits)
    {
        var plan = StackPlan.Read(Configs.With(edits));
        return [.. plan.Warnings, .. plan.Endpoints.SelectMany(endpoint => endpoint.Warnings)];
    }
}
