using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;

namespace Infra.Tests.Unit.Config;

public sealed class DeprecatedNamesTests
{
    private const string Chat = "endpoints.chat";

    [Fact]
    public void An_old_key_works_and_the_warning_has_the_command_for_the_new_one()
    {
        var plan = Plan(($"{Chat}.kvCache", "\"auto\""));
        Assert.Equal(KvCacheType.Auto, plan.Placement.Options.KvCache);
        Assert.Contains(
            "kvCache is deprecated: use kvCacheDtype (pulumi config rm --path 'endpoints.chat.kvCache' "
            + "&& pulumi config set --path 'endpoints.chat.kvCacheDtype' auto)",
            plan.Warnings);
        Assert.Equal(KvCacheType.Fp8, Endpoint(($"{Chat}.kvCache", "\"fp8\"")).KvCacheDtype);
    }

    [Theory]
    [InlineData("allAtOnce", "parallel", Rollout.Parallel)]
    [InlineData("oneByOne", "rolling", Rollout.Rolling)]
    public void An_old_value_works_and_the_warning_has_the_command_for_the_new_one(string old, string value, Rollout rollout)
    {
        var plan = Plan(($"{Chat}.rollout", $"\"{old}\""));
        Assert.Equal(rollout, plan.Rollout);
        Assert.Contains($"rollout: {old} is deprecated: use {value} (pulumi config set --path 'endpoints.chat.rollout' {value})",
            plan.Warnings);
    }

    [Fact]
    public void Current_names_have_no_warning()
    {
        var plan = Plan(($"{Chat}.kvCacheDtype", "\"auto\""), ($"{Chat}.rollout", "\"rolling\""));
        Assert.DoesNotContain(plan.Warnings, IsDeprecation);
    }

    [Fact]
    public void The_warning_is_for_the_endpoint_that_has_the_old_name()
    {
        var stack = StackPlan.Read(Configs.With(($"{Chat}.rollout", "\"oneByOne\""), ("endpoints.chat-2.model", $"\"{Configs.Model}\"")));
        Assert.Equal([true, false], stack.Endpoints.Select(endpoint => endpoint.Warnings.Any(IsDeprecation)));
    }

    [Fact]
    public void An_old_key_next_to_the_new_one_is_ignored()
    {
        var edits = new[] { ($"{Chat}.kvCache", (string?)"\"fp8\""), ($"{Chat}.kvCacheDtype", "\"auto\"") };
        Assert.Equal(KvCacheType.Auto, Endpoint(edits).KvCacheDtype);
        Assert.Contains(
            "kvCache is deprecated and ignored, because kvCacheDtype is set: pulumi config rm --path 'endpoints.chat.kvCache'",
            Plan(edits).Warnings);
    }

    [Fact]
    public void A_wrong_value_of_an_old_key_is_an_error()
    {
        var error = Assert.Throws<ConfigurationException>(() => Endpoint(($"{Chat}.kvCache", "\"fp16\"")));
        Assert.StartsWith("endpoints.chat.kvCacheDtype: 'fp16' ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kvCache", "auto")]
    [InlineData("rollout", "oneByOne")]
    public void A_warning_has_no_value_that_is_stored_encrypted(string setting, string value)
    {
        var config = Configs.With(($"{Chat}.{setting}", $"\"{value}\""));
        var warning = Assert.Single(StackPlan.Read(config, new HashSet<string> { "inference:endpoints" }).Endpoints[0].Warnings,
            IsDeprecation);
        Assert.DoesNotContain(value, warning, StringComparison.Ordinal);
    }

    private static bool IsDeprecation(string warning) => warning.Contains("deprecated", StringComparison.Ordinal);

    private static EndpointConfig Endpoint(params (string, string?)[] edits) =>
        StackConfig.Parse(Configs.With(edits)).Endpoints["chat"];

    private static EndpointPlan Plan(params (string, string?)[] edits) => Assert.Single(StackPlan.Read(Configs.With(edits)).Endpoints);
}
