using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Stacks;

namespace Infra.Tests.Unit.Config;

public sealed class StackConfigTests
{
    [Fact]
    public void The_smallest_configuration_is_a_region_an_admin_address_and_a_model()
    {
        var config = StackConfig.Parse(Configs.With());
        Assert.Equal("tor1", config.Region);
        Assert.Equal(["203.0.113.7/32"], config.AdminCidrs);
        var chat = Assert.Single(config.Endpoints);
        Assert.Equal("chat", chat.Key);
        Assert.Equal(new EndpointConfig().Replicas, chat.Value.Replicas);
        Assert.Equal(Access.Private, chat.Value.Access);
        Assert.Null(config.MaxHourlyUsd);
    }

    [Fact]
    public void Every_setting_is_bound_from_text_or_json()
    {
        var config = StackConfig.Parse(Configs.With(
            ("adminSshKeys", $"[\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{new string('A', 43)} me\"]"),
            ("maxHourlyUsd", "\"12.5\""),
            ("vpcCidr", "\"10.100.0.0/20\""),
            ("catalog", "\"my.json\""),
            ("tags", "[\"env:test\"]"),
            ("engine.install", "\"venv\""),
            ("ignoreAvailability", "\"true\""),
            ("endpoints.chat.revision", "\"b35d4dfe56c142746f54dbd64f579faab2744308\""),
            ("endpoints.chat.servedModelName", "\"chat\""),
            ("endpoints.chat.contextLength", "4096"),
            ("endpoints.chat.concurrency", "\"2\""),
            ("endpoints.chat.size", "\"gpu-l40sx1-48gb\""),
            ("endpoints.chat.availability", "[\"onDemand\", \"spot\"]"),
            ("endpoints.chat.image", "203838782"),
            ("endpoints.chat.replicas", "3"),
            ("endpoints.chat.rollout", "\"rolling\""),
            ("endpoints.chat.access", "\"public\""),
            ("endpoints.chat.domain", "\"llm.example.com\""),
            ("endpoints.chat.dnsZone", "\"example.com\""),
            ("endpoints.chat.clientCidrs", "[\"0.0.0.0/0\"]"),
            ("endpoints.chat.clients", "[\"alice\", \"bob\"]"),
            ("endpoints.chat.corsOrigins", "[\"https://app.example.com\", \"https://10.0.0.5:8443\", \"http://localhost:5173\"]"),
            ("endpoints.chat.vision", "false"),
            ("endpoints.chat.imagesPerPrompt", "2"),
            ("endpoints.chat.tensorParallel", "1"),
            ("endpoints.chat.dataParallel", "1"),
            ("endpoints.chat.gpuMemoryUtilization", "0.8"),
            ("endpoints.chat.maxNumBatchedTokens", "2048"),
            ("endpoints.chat.maxNumSeqs", "16"),
            ("endpoints.chat.kvCacheDtype", "\"fp8\""),
            ("endpoints.chat.toolStrictLevel", "\"parameter\""),
            ("endpoints.chat.corsOrigins", """["https://app.example.com"]"""),
            ("endpoints.chat.cacheVolumeGiB", "100"),
            ("endpoints.chat.readyTimeoutMinutes", "30"),
            ("endpoints.chat.engine.version", "\"0.31.0\"")));

        Assert.Equal((12.5m, "10.100.0.0/20", "my.json", true),
            (config.MaxHourlyUsd, config.VpcCidr, config.Catalog, config.IgnoreAvailability));
        Assert.Equal((EngineInstall.Venv, (string?)null), (config.Engine.Install, config.Engine.Version));
        Assert.Single(config.AdminSshKeys);
        Assert.Equal(["env:test"], config.Tags);
        var chat = config.Endpoints["chat"];
        Assert.Equal((4096, 2, 3, 0.8, 2048, 16),
            (chat.ContextLength, chat.Concurrency, chat.Replicas, chat.GpuMemoryUtilization, chat.MaxNumBatchedTokens, chat.MaxNumSeqs));
        Assert.Equal(ToolStrictLevel.Parameter, chat.ToolStrictLevel);
        Assert.Equal((Rollout.Rolling, Access.Public, KvCacheType.Fp8, "203838782", false),
            (chat.Rollout, chat.Access, chat.KvCacheDtype, chat.Image, chat.Vision));
        Assert.Equal([Infra.Planning.Catalog.Availability.OnDemand, Infra.Planning.Catalog.Availability.Spot], chat.Availability);
        Assert.Equal(["alice", "bob"], chat.Clients.Select(client => client.Name));
        Assert.Equal(["https://app.example.com"], chat.CorsOrigins);
        Assert.Equal((100, 30, "0.31.0"), (chat.CacheVolumeGiB, chat.ReadyTimeoutMinutes, chat.Engine?.Version));

        // A new setting must be added here: a property with its default value was not bound above.
        Assert.Empty(AtDefault(config, new StackConfig()));
        Assert.Empty(AtDefault(chat, new EndpointConfig()));
    }

    [Fact]
    public void All_user_errors_are_reported_at_once()
    {
        var errors = Errors(Configs.With(
            ("region", "\"Toronto\""),
            ("regoin", "\"tor1\""),
            ("adminCidrs", "[\"0.0.0.0/0\", 7]"),
            ("endpoints.chat.model", "\"no/such\""),
            ("endpoints.chat.replicas", "\"two\""),
            ("endpoints.code.modle", "\"x\""),
            ("maxHourlyUsd", "\"-1\"")));
        Assert.Equal(
            ["adminCidrs[0]", "adminCidrs[1]", "endpoints.chat.model", "endpoints.chat.replicas", "endpoints.code.model",
                "endpoints.code.modle", "maxHourlyUsd", "region", "regoin"],
            errors.Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("replicas", "2", "pulumi config set --path 'endpoints.chat.replicas' 2")]
    [InlineData("endpoints.chat.replicas", "2",
        "pulumi config rm 'endpoints.chat.replicas' && pulumi config set --path 'endpoints.chat.replicas' 2")]
    [InlineData("adminCidrs[0]", "203.0.113.9/32", "pulumi config set --path 'adminCidrs[0]' 203.0.113.9/32")]
    public void A_path_that_was_set_as_a_key_is_reported_with_the_right_command(string key, string value, string fix)
    {
        var config = Configs.With();
        config[$"inference:{key}"] = value;
        Assert.Contains(fix, Assert.Single(Errors(config)).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_under_a_wrong_name_is_in_no_message()
    {
        const string token = "hf_0123456789abcdef0123";
        foreach (var key in new[] { "huggingfaceToken", "hfToken", "region", "catalog" })
        {
            Assert.All(Errors(Configs.With((key, $"\"{token}\""))),
                error => Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("region")]
    [InlineData("vpcCidr")]
    [InlineData("endpoints.chat.model")]
    [InlineData("endpoints.chat.revision")]
    [InlineData("endpoints.chat.size")]
    [InlineData("endpoints.chat.image")]
    public void A_long_value_is_shown_in_part(string key) =>
        Assert.InRange(Assert.Single(Errors(Configs.With((key, $"\"{new string('x', 5000)}\"")))).Value!.ToString()!.Length, 1, 80);

    [Theory]
    [InlineData("My_Chat", 1, "my-chat")]
    [InlineData("2nd", 1, "m2nd")]
    [InlineData("", 1, "m")]
    [InlineData("-", 2, "m-2")]
    [InlineData("a-name-of-an-endpoint-that-is-too-long", 2, "a-name-of-an-endpoint-that-is-2")]
    public void An_invalid_name_gets_a_similar_valid_one(string text, int index, string name)
    {
        Assert.Equal(name, Names.Nearest(text, index));
        Assert.True(Names.IsName(name));
    }

    [Theory]
    [InlineData("public", "[]", "\"llm.example.com\"", null, "endpoints.chat.clientCidrs[0]")]
    [InlineData("public", "[\"198.51.100.0/24\"]", null, null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"https://llm.example.com\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"LLM.example.com\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"*.example.com\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"localhost\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"192.0.2.1\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"llm.example.com.\"", null, "endpoints.chat.domain")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"llm.example.com\"", "\"example.org\"", "endpoints.chat.dnsZone")]
    [InlineData("public", "[\"198.51.100.0/24\"]", "\"llm.example.com\"", "\"ample.com\"", "endpoints.chat.dnsZone")]
    [InlineData("public", "[\"10.0.0.0/16\"]", "\"llm.example.com\"", null, "endpoints.chat.clientCidrs[0]")]
    [InlineData("public", "[\"nobody\"]", "\"llm.example.com\"", null, "endpoints.chat.clientCidrs[0]")]
    [InlineData("internal", "[\"198.51.100.0/24\"]", null, null, "endpoints.chat.clientCidrs[0]")]
    [InlineData("internal", "[]", "\"llm.example.com\"", null, "endpoints.chat.domain")]
    public void Settings_that_do_not_match_the_access_are_errors(string access, string cidrs, string? domain, string? zone, string key) =>
        Assert.Equal(key, Assert.Single(Errors(Configs.With(
            ("endpoints.chat.access", $"\"{access}\""), ("endpoints.chat.clientCidrs", cidrs), ("endpoints.chat.domain", domain),
            ("endpoints.chat.dnsZone", zone)))).Key);

    [Fact]
    public void Client_tags_go_only_with_private_access() =>
        Assert.Equal("endpoints.chat.clientTags", Assert.Single(Errors(Configs.With(("endpoints.chat.access", "\"internal\""),
            ("endpoints.chat.clientTags", "[\"web\"]")))).Key);

    [Fact]
    public void Two_endpoints_do_not_share_a_domain()
    {
        (string, string?)[] Endpoint(string name) =>
        [
            ($"endpoints.{name}.model", $"\"{Configs.Model}\""), ($"endpoints.{name}.access", "\"public\""),
            ($"endpoints.{name}.domain", "\"llm.example.com\""), ($"endpoints.{name}.clientCidrs", "[\"198.51.100.0/24\"]"),
        ];
        var error = Assert.Single(Errors(Configs.With([.. Endpoint("a"), .. Endpoint("b"), ("endpoints.chat", null)])));
        Assert.Equal("endpoints.b.domain", error.Key);
    }

    [Fact]
    public void Fewer_batched_tokens_than_sequences_are_refused() =>
        Assert.Equal("endpoints.chat.maxNumBatchedTokens", Assert.Single(Errors(Configs.With(
            ("endpoints.chat.maxNumBatchedTokens", "64"), ("endpoints.chat.maxNumSeqs", "128")))).Key);

    [Fact]
    public void A_key_that_is_there_twice_in_json_is_an_error()
    {
        var config = Configs.With();
        config["inference:endpoints"] = $$$"""{"chat": {"model": "{{{Configs.Model}}}", "model": "other"}}""";
        Assert.Contains(Errors(config), error => error.Problem.Contains("has a duplicate key", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_of_other_namespaces_are_left_untouched()
    {
        var config = Configs.With();
        config["digitalocean:token"] = "dop_v1_x";
        config["other:region"] = "7";
        Assert.Equal("tor1", StackConfig.Parse(config).Region);
    }

    [Fact]
    public void A_value_that_is_stored_encrypted_is_in_no_message()
    {
        var config = Configs.With(("endpoints.chat.replicas", "\"hunter2\""), ("vpcCidr", "\"hunter2\""));
        var message = Assert.Throws<ConfigurationException>(() =>
            StackConfig.Parse(config, new HashSet<string> { "inference:endpoints", "inference:vpcCidr" })).Message;
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_is_in_no_message_and_no_settings_and_must_be_encrypted()
    {
        var config = Configs.With();
        config["inference:huggingFaceToken"] = "hf_hunter2";
        Assert.DoesNotContain("hunter2", StackConfig.Parse(config).ToString(), StringComparison.Ordinal);
        Assert.Equal("tor1", StackConfig.Parse(config, new HashSet<string> { "inference:huggingFaceToken" }).Region);
        var message = Assert.Throws<ConfigurationException>(() => StackConfig.Parse(config, new HashSet<string>())).Message;
        Assert.Contains("pulumi config set --secret huggingFaceToken", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_key_in_place_of_a_public_one_is_in_no_message()
    {
        var config = Configs.With(("adminSshKeys", "[\"-----BEGIN OPENSSH PRIVATE KEY----- hunter2\"]"));
        var message = Assert.Throws<ConfigurationException>(() => StackConfig.Parse(config)).Message;
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_value_means_none_for_a_setting_that_may_be_left_out()
    {
        var config = StackConfig.Parse(
            Configs.With(("vpcCidr", "\"\""), ("catalog", "\"\""), ("maxHourlyUsd", "\"\""), ("huggingFaceToken", "\"\"")),
            new HashSet<string>());
        Assert.Equal((null, null, (decimal?)null), (config.VpcCidr, config.Catalog, config.MaxHourlyUsd));
    }

    [Fact]
    public void The_environment_of_a_program_without_configuration_is_an_empty_one()
    {
        Assert.Empty(StackConfiguration.Values(null));
        Assert.Null(StackConfiguration.Keys(null));
        Assert.Equal("tor1", StackConfiguration.Values("{\"inference:region\": \"tor1\"}")["inference:region"]);
        Assert.Contains("inference:a", StackConfiguration.Keys("[\"inference:a\"]")!);
    }

    private static IReadOnlyList<UserError> Errors(Dictionary<string, string> config) =>
        Assert.Throws<ConfigurationException>(() => StackPlan.Read(config)).Errors;

    private static IEnumerable<string> AtDefault<T>(T bound, T untouched) =>
        typeof(T).GetProperties().Where(property => Equals(property.GetValue(bound), property.GetValue(untouched)))
            .Select(property => property.Name)
            .Except(["TensorParallel", "ClientTags"]); // ClientTags do not go with public access
}
