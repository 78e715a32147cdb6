using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Unit.Planning;

public sealed class StackPlanTests
{
    private const string Small = "gpu-4000adax1-20gb";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>Its price in the catalog, USD per hour.</summary>
    private static readonly decimal Price = ModelCatalog.Load().Sizes[Small].UsdPerHour!.Value;

    [Fact]
    public void The_cheapest_size_of_the_region_is_chosen()
    {
        var chat = Assert.Single(StackPlan.Read(Configs.With()).Endpoints).Placement;
        var others = ModelCatalog.Load().Sizes.Values
            .Where(size => size.Availability == Availability.OnDemand && size.Regions.Contains("tor1"));
        Assert.Contains("tor1", chat.Size.Regions);
        Assert.All(others, size => Assert.True(size.UsdPerHour >= chat.Size.UsdPerHour, size.Slug));
    }

    [Fact]
    public void The_price_is_that_of_the_size_and_a_month_has_744_hours()
    {
        var plan = StackPlan.Read(Configs.With(("endpoints.chat.size", $"\"{Small}\"")));
        var chat = Assert.Single(plan.Endpoints);
        Assert.Equal(Price, plan.UsdPerHour);
        Assert.Equal(Price * 744, plan.UsdPerMonth);
        Assert.Equal(["default"], chat.Clients.Select(client => client.Name));
        Assert.Null(chat.LoadBalancer);
    }

    [Fact]
    public void Load_balancer_and_volumes_are_in_the_price_with_a_capped_month()
    {
        var plan = StackPlan.Read(Configs.With(
            ("endpoints.chat.access", "\"internal\""), ("endpoints.chat.replicas", "2"), ("endpoints.chat.cacheVolumeGiB", "50"),
            ("endpoints.chat.size", $"\"{Small}\"")));
        Assert.Equal(2 * Price * 744 + 12 + 2 * 50 * 0.10m, plan.UsdPerMonth);
        Assert.Equal(2 * Price + (12 + 10) / 672m, plan.UsdPerHour);
    }

    [Fact]
    public void A_price_above_the_limit_names_what_costs_what()
    {
        var error = Assert.Single(
            Errors(("maxHourlyUsd", "\"0.01\""), ("endpoints.chat.replicas", "3"), ("endpoints.chat.size", $"\"{Small}\""),
                ("endpoints.code.model", $"\"{Configs.Model}\""), ("endpoints.code.size", $"\"{Small}\"")));
        Assert.Equal("maxHourlyUsd", error.Key);
        Assert.Contains($"chat {3 * Price:0.00} (3 x {Small}) + code {Price:0.00} (1 x {Small})", error.Problem,
            StringComparison.Ordinal);
        Assert.Contains($"maxHourlyUsd' {4 * Price:0.00}", error.Fix, StringComparison.Ordinal);
    }

    /// <summary>More errors than fixes are tried for: what is missing now is not found by trying them.</summary>
    [Fact]
    public void An_endpoint_whose_name_begins_with_that_of_a_wrong_one_is_checked_and_the_wrong_one_is_not_planned()
    {
        var clients = string.Join(",", Enumerable.Range(0, 201).Select(number => $"\"Client {number}\""));
        var errors = Errors(("endpoints.chat.clients", $"[{clients}]"), ("endpoints.chat.model", "\"no/such-a\""),
            ("endpoints.chat-2.model", "\"no/such-b\""));
        Assert.Contains(errors, error => error.Key == "endpoints.chat-2.model");
        Assert.DoesNotContain(errors, error => error.Key == "endpoints.chat.model");
    }

    // Planning has no command line: the program adds the command.
    [Fact]
    public void A_model_that_fits_on_no_size_ends_with_the_table_of_its_sizes()
    {
        const string Large = "mistralai/Mistral-Large-3-675B-Instruct-2512";
        (string, string?)[] tooLarge = [("endpoints.chat.model", $"\"{Large}\""), ("endpoints.chat.gpuMemoryUtilization", "0.1")];
        Assert.Equal($"--model {Large}", Assert.Single(Errors(tooLarge)).Fix);
        Assert.Equal($"./infra plan --model {Large}", Assert.Single(
            Assert.Throws<ConfigurationException>(() => InferenceProgram.Read(Configs.With(tooLarge))).Errors).Fix);
    }

    [Fact]
    public void A_contract_size_has_no_price_to_compare_with_a_limit()
    {
        (string, string?)[] contract = [("region", "\"nyc2\""), ("endpoints.chat.size", "\"gpu-h200x1-141gb-contracted\"")];
        Assert.Null(StackPlan.Read(Configs.With(contract)).UsdPerHour);
        Assert.Contains("is not public", Assert.Single(Errors([.. contract, ("maxHourlyUsd", "\"9\"")])).Problem,
            StringComparison.Ordinal);
    }

    // vLLM ends its start if a model that pools could not read an input of its whole context in one step.
    [Theory]
    [InlineData("embed", 8192)]
    [InlineData("score", 4096)]
    public void A_model_that_pools_reads_its_whole_context_in_one_step(string task, int context)
    {
        var chat = Assert.Single(PoolingPlan(task, context).Endpoints);
        Assert.Equal(context, chat.Placement.MaxModelLen);
        Assert.Contains($"--max-num-batched-tokens {context}", string.Join(' ', chat.Flags), StringComparison.Ordinal);
        Assert.Contains("--runner pooling", string.Join(' ', chat.Flags), StringComparison.Ordinal);
        Assert.Equal(context, chat.Placement.Options.MaxNumBatchedTokens);
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() =>
            PoolingPlan(task, context, ("endpoints.chat.maxNumBatchedTokens", "2048"))).Errors);
        Assert.Equal("endpoints.chat.maxNumBatchedTokens", error.Key);
        Assert.Contains("reads an input in one step", error.Problem, StringComparison.Ordinal);
        Assert.EndsWith($" {context}", error.Fix, StringComparison.Ordinal);
    }

    private static StackPlan PoolingPlan(string task, int context, params (string Path, string? Json)[] more) => PlanOf(
        $"\"task\": \"{task}\", \"revision\": \"{Commit}\"", [("endpoints.chat.contextLength", $"{context}"), .. more]);

    /// <summary>A plan for a model of the operator's own catalog: the usual one with other members.</summary>
    private static StackPlan PlanOf(string members, params (string Path, string? Json)[] more)
    {
        var project = Directory.CreateTempSubdirectory("plan-");
        try
        {
            File.WriteAllText(Path.Combine(project.FullName, "own.json"),
                $$"""{"models": [{"id": "acme/own", "basedOn": "{{Configs.Model}}", {{members}}}]}""");
            return StackPlan.Read(Configs.With([("catalog", "\"own.json\""), ("endpoints.chat.model", "\"acme/own\""), .. more]),
                projectDirectory: project.FullName);
        }
        finally
        {
            project.Delete(recursive: true);
        }
    }

    [Fact]
    public void With_a_size_and_no_context_length_the_longest_that_it_holds_is_taken()
    {
        var chat = StackPlan.Read(Configs.With(("endpoints.chat.size", "\"gpu-h100x1-80gb\""))).Endpoints[0];
        Assert.Equal(262144, chat.Placement.MaxModelLen);
    }

    [Fact]
    public void A_context_that_is_too_long_for_a_named_size_is_refused_with_the_longest_that_fits()
    {
        var error = Assert.Single(Errors(
            ("endpoints.chat.size", "\"gpu-4000adax1-20gb\""), ("endpoints.chat.contextLength", "262144"),
            ("endpoints.chat.concurrency", "4")));
        Assert.Equal("endpoints.chat.contextLength", error.Key);
        Assert.Contains("GiB", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_the_region_does_not_have_is_refused_unless_availability_is_ignored()
    {
        (string, string?)[] elsewhere = [("region", "\"nyc2\""), ("endpoints.chat.size", "\"gpu-4000adax1-20gb\"")];
        Assert.Equal("region", Assert.Single(Errors(elsewhere)).Key);
        Assert.Equal("nyc2", StackPlan.Read(Configs.With([.. elsewhere, ("ignoreAvailability", "\"true\"")])).Endpoints[0].Region);
    }

    [Theory]
    [InlineData("512", null, 512, 512)]
    [InlineData("512", "64", 64, 512)]
    [InlineData(null, "16384", 16384, 16384)]
    [InlineData("16", null, 16, 16)]
    public void A_step_never_has_fewer_tokens_than_requests(string? tokens, string? sequences, int expectedSequences, int expectedTokens)
    {
        var chat = StackPlan.Read(Configs.With(
            ("endpoints.chat.size", "\"gpu-h100x1-80gb\""), ("endpoints.chat.contextLength", "4096"), ("endpoints.chat.concurrency", "4"),
            ("endpoints.chat.maxNumBatchedTokens", tokens), ("endpoints.chat.maxNumSeqs", sequences))).Endpoints[0].Placement;
        Assert.Equal((expectedSequences, expectedTokens), (chat.MaxNumSeqs, chat.MaxNumBatchedTokens));
    }

    [Theory]
    [InlineData("endpoints.chat.maxNumSeqs", "128", "less than maxNumSeqs, 128")]
    [InlineData("endpoints.chat.concurrency", "100", "less than endpoints.chat.concurrency, 100")]
    public void Fewer_tokens_in_a_step_than_requests_are_refused_with_both_settings(string other, string value, string words)
    {
        var error = Assert.Single(Errors(("endpoints.chat.maxNumBatchedTokens", "64"), (other, value)));
        Assert.Equal("endpoints.chat.maxNumBatchedTokens", error.Key);
        Assert.Contains(words, error.Problem, StringComparison.Ordinal);
        Assert.EndsWith($" {value}", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameter", null, null, null)]
    [InlineData("function", "0.30.0", null, "vLLM 0.30.0 has no --tool-strict-level; 0.31.0 has it")]
    [InlineData("auto", null, "mistralai/Ministral-3-3B-Base-2512", "have no tool call parser")]
    [InlineData("strict", null, null, "auto, function, parameter")]
    public void Tool_calls_follow_their_schema_if_the_release_can_enforce_it(string level, string? version, string? model, string? words)
    {
        (string, string?)[] config =
        [
            ("endpoints.chat.toolStrictLevel", $"\"{level}\""), ("endpoints.chat.model", $"\"{model ?? Configs.Model}\""),
            ("endpoints.chat.engine", version is null ? null : $"{{\"version\": \"{version}\", \"install\": \"venv\"}}"),
        ];
        if (words is null)
        {
            var chat = StackPlan.Read(Configs.With(config)).Endpoints[0];
            Assert.Contains($"--tool-strict-level {level}", string.Join(' ', chat.Flags), StringComparison.Ordinal);
        }
        else
        {
            var error = Assert.Single(Errors(config));
            Assert.Equal("endpoints.chat.toolStrictLevel", error.Key);
            Assert.Contains(words, error.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Spot_and_contract_sizes_are_not_taken_unasked()
    {
        Assert.Equal("region", Assert.Single(Errors(("region", "\"ric1\""))).Key);
        var spot = StackPlan.Read(Configs.With(("region", "\"ric1\""), ("endpoints.chat.availability", "[\"spot\"]"))).Endpoints[0];
        Assert.EndsWith("-spot", spot.Placement.Size.Slug, StringComparison.Ordinal);
        var warned = Assert.Single(spot.Warnings, warning => warning.Contains("spot", StringComparison.Ordinal));
        Assert.Contains("spot capacity", warned, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_of_one_vendor_are_not_put_on_cards_of_another()
    {
        Assert.Single(Errors(("engine.install", "\"venv\""), ("endpoints.chat.size", "\"gpu-mi325x1-256gb\"")));
        Assert.Equal("NVIDIA", StackPlan.Read(Configs.With(("engine.install", "\"venv\""))).Endpoints[0].Placement.Gpu.Name.Split(' ')[0]);
    }

    [Fact]
    public void An_image_with_the_driver_of_another_vendor_is_refused() =>
        Assert.Equal("endpoints.chat.image",
            Assert.Single(Errors(("endpoints.chat.image", "\"gpu-amd-base\""), ("endpoints.chat.size", "\"gpu-4000adax1-20gb\""))).Key);

    [Fact]
    public void A_model_without_a_pinned_commit_needs_one()
    {
        const string Unpinned = "\"note\": \"has no commit\"";
        Assert.Equal("endpoints.chat.revision",
            Assert.Single(Assert.Throws<ConfigurationException>(() => PlanOf(Unpinned)).Errors).Key);
        Assert.NotNull(PlanOf(Unpinned, ("endpoints.chat.revision", $"\"{Commit}\"")));
    }

    [Fact]
    public void A_suspect_FP8_cache_is_a_warning_with_the_command_that_turns_it_off()
    {
        var config = Configs.With(("endpoints.chat.model", "\"mistralai/Ministral-3-8B-Instruct-2512\""),
            ("endpoints.chat.kvCacheDtype", "\"fp8\""));
        var warning = Assert.Single(StackPlan.Read(config).Endpoints[0].Warnings);
        Assert.Contains("the cause is not known", warning, StringComparison.Ordinal);
        Assert.EndsWith("To turn the FP8 KV cache off: pulumi config rm --path 'endpoints.chat.kvCacheDtype'", warning,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_healthy_stack_has_no_warning() => Assert.Empty(StackPlan.Read(Configs.With()).Endpoints[0].Warnings);

    [Theory]
    [InlineData(null, true)]
    [InlineData("\"hf_token\"", false)]
    public void A_gated_model_without_a_token_is_a_warning(string? token, bool reported)
    {
        var chat = PlanOf($"\"revision\": \"{Commit}\", \"gated\": true", ("huggingFaceToken", token)).Endpoints[0];
        Assert.Equal(reported, chat.Warnings.Any(warning => warning.Contains("huggingFaceToken", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_open_endpoint_is_a_warning()
    {
        var plan = StackPlan.Read(Configs.With(
            ("endpoints.chat.access", "\"public\""), ("endpoints.chat.domain", "\"llm.example.com\""),
            ("endpoints.chat.clientCidrs", "[\"0.0.0.0/0\"]")));
        Assert.Contains(plan.Endpoints[0].Warnings, warning => warning.Contains("the whole internet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("llm.example.com", null, "example.com", "llm")]
    [InlineData("a.b.example.com", null, "b.example.com", "a")]
    [InlineData("a.b.example.com", "example.com", "example.com", "a.b")]
    [InlineData("example.com", null, "example.com", "@")]
    [InlineData("llm.example.com", "llm.example.com", "llm.example.com", "@")]
    public void A_domain_is_a_record_in_a_zone(string name, string? zone, string expectedZone, string record)
    {
        var domain = StackPlan.Read(Configs.With(
            ("endpoints.chat.access", "\"public\""), ("endpoints.chat.domain", $"\"{name}\""),
            ("endpoints.chat.dnsZone", zone is null ? null : $"\"{zone}\""),
            ("endpoints.chat.clientCidrs", "[\"198.51.100.0/24\"]"))).Endpoints[0].LoadBalancer!.Domain!;
        Assert.Equal((expectedZone, record), (domain.Zone, domain.Record));
    }

    [Theory]
    [InlineData("private", null, null, "")]
    [InlineData("private", "10.100.0.0/20", "web", "nodes: 10.100.0.0/20 tag:web")]
    [InlineData("internal", null, null, "nodes: balancer; balancer: vpc")]
    [InlineData("internal", "10.100.0.0/20", null, "nodes: balancer; balancer: 10.100.0.0/20")]
    [InlineData("public", "198.51.100.0/24", null, "nodes: balancer; balancer: 198.51.100.0/24")]
    public void Callers_that_are_not_named_open_no_port(string access, string? cidr, string? tag, string expected)
    {
        var plan = StackPlan.Read(Configs.With(
            ("endpoints.chat.access", $"\"{access}\""),
            ("endpoints.chat.domain", access == "public" ? "\"llm.example.com\"" : null),
            ("endpoints.chat.clientCidrs", cidr is null ? null : $"[\"{cidr}\"]"),
            ("endpoints.chat.clientTags", tag is null ? null : $"[\"{tag}\"]")));
        var ports = plan.Endpoints[0].Ports;
        Assert.Equal("203.0.113.7/32", Text(plan.Ssh));
        Assert.Equal("203.0.113.7/32", Text(ports.Ssh));
        Assert.Equal(expected, string.Join("; ", new[] { ("nodes", ports.Nodes), ("balancer", ports.LoadBalancer) }
            .Where(port => !port.Item2.AreNone).Select(port => $"{port.Item1}: {Text(port.Item2)}")));

        static string Text(Callers callers)
        {
            string[] words =
            [
                .. callers.Cidrs, .. callers.Tags.Select(name => $"tag:{name}"),
                callers.WholeVpc ? "vpc" : "", callers.LoadBalancer ? "balancer" : "",
            ];
            return string.Join(' ', words.Where(word => word.Length > 0));
        }
    }

    [Fact]
    public void Without_callers_there_is_no_address_and_a_tag_or_a_load_balancer_is_the_range_of_the_VPC()
    {
        Assert.Empty(Callers.None.InAddresses("10.118.0.0/20"));
        Assert.Equal(["10.118.0.0/20"], new Callers { Tags = ["web"] }.InAddresses("10.118.0.0/20"));
        Assert.Equal(["10.118.0.0/20"], new Callers { LoadBalancer = true }.InAddresses("10.118.0.0/20"));
        Assert.Equal(["10.100.0.0/20"], new Callers { Cidrs = ["10.100.0.0/20"] }.InAddresses("10.118.0.0/20"));
    }

    private static IReadOnlyList<UserError> Errors(params (string, string?)[] edits) =>
        Assert.Throws<ConfigurationException>(() => StackPlan.Read(Configs.With(edits))).Errors;
}
