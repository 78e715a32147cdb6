using System.Collections.Immutable;
using Infra.Cli.Preview;

namespace Infra.Tests.Unit.Lab;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("stdin")]
    [InlineData("userData")]
    [InlineData("privateKeyPem")]
    [InlineData("privateKey")]
    public void A_property_that_carries_secrets_is_masked_whatever_it_holds(string property)
    {
        var masked = new SecretMask([]).Apply([KeyValuePair.Create<string, object>(property, "anything")]);

        Assert.Equal(SecretMask.Masked, masked[property]);
    }

    [Fact]
    public void A_secret_of_the_configuration_is_masked_wherever_it_turns_up()
    {
        var nested = ImmutableDictionary<string, object>.Empty.Add("command", "login --with hf_secretvalue");
        var items = ImmutableArray.Create<object>(nested, "plain");

        var masked = new SecretMask(["hf_secretvalue"]).Apply([KeyValuePair.Create<string, object>("items", items)]);

        Assert.DoesNotContain("hf_secretvalue", System.Text.Json.JsonSerializer.Serialize(masked), StringComparison.Ordinal);
        Assert.Contains("plain", System.Text.Json.JsonSerializer.Serialize(masked), StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_a_connection_is_masked_and_its_host_is_not()
    {
        var connection = ImmutableDictionary<string, object>.Empty.Add("host", "192.0.2.1").Add("privateKey", "key");

        var masked = new SecretMask([]).Apply([KeyValuePair.Create<string, object>("connection", connection)]);

        Assert.Equal(
            [KeyValuePair.Create<string, object?>("host", "192.0.2.1"),
                KeyValuePair.Create<string, object?>("privateKey", SecretMask.Masked)],
            Assert.IsType<IReadOnlyDictionary<string, object?>>(masked["connection"], exactMatch: false));
    }

    [Fact]
    public void Other_values_stay_as_they_are()
    {
        var masked = new SecretMask(["secret"]).Apply([KeyValuePair.Create<string, object>("size", "gpu-h100x1-80gb")]);

        Assert.Equal("gpu-h100x1-80gb", masked["size"]);
    }
}
