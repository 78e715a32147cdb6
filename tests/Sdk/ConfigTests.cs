using System.Text.Json;
using Pulumi;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>The configuration of a stack, as the Pulumi CLI hands it over.</summary>
[Collection(SerialRuns.Name)]
public sealed class ConfigTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["project:region"] = "tor1",
        ["project:flag"] = "true",
        ["project:count"] = "3",
        ["project:share"] = "0.9",
        ["project:endpoints"] = """{"chat":{"model":"m"}}""",
        ["other:region"] = "nyc2",
    };

    [Fact]
    public async Task Values_are_read_as_text_flag_number_and_object()
    {
        await RunAsync(() =>
        {
            var config = new Config();
            Assert.Equal("tor1", config.Get("region"));
            Assert.Equal("tor1", config.Require("region"));
            Assert.True(config.GetBoolean("flag"));
            Assert.Equal(3, config.GetInt32("count"));
            Assert.Equal(0.9, config.GetDouble("share"));
            Assert.Equal("m", config.RequireObject<JsonElement>("endpoints").GetProperty("chat").GetProperty("model").GetString());
        });
    }

    [Fact]
    public Task Missing_values_are_null() =>
        RunAsync(() =>
        {
            var config = new Config();
            Assert.Null(config.Get("missing"));
            Assert.Null(config.GetSecret("missing"));
            Assert.Null(config.GetBoolean("missing"));
            Assert.Null(config.GetInt32("missing"));
            Assert.Null(config.GetDouble("missing"));
            Assert.Null(config.GetObject<Dictionary<string, string>>("missing"));
        });

    [Fact]
    public Task A_secret_is_a_secret_output() =>
        RunAsync(async () =>
        {
            var secret = new Config().RequireSecret("region");
            Assert.True(await Output.IsSecretAsync(secret));
            Assert.Equal("tor1", await OutputUtilities.GetValueAsync(secret));
            Assert.True(await Output.IsSecretAsync(new Config().GetSecret("region")!));
        });

    [Fact]
    public Task Another_project_or_package_has_its_own_values() => RunAsync(() => Assert.Equal("nyc2", new Config("other").Get("region")));

    [Fact]
    public async Task A_missing_value_that_is_required_is_named_with_the_command_that_sets_it()
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => RunAsync(() => new Config().Require("size")));
        Assert.Equal(
            "Missing Required configuration variable 'project:size'\n" +
            "\tplease set a value using the command `pulumi config set project:size <value>`",
            exception.Message);
    }

    [Theory]
    [InlineData("flag")]
    [InlineData("number")]
    [InlineData("object")]
    public async Task A_value_of_another_kind_is_named_with_what_it_should_be(string kind)
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => RunAsync(() =>
        {
            var config = new Config();
            return kind switch
            {
                "flag" => config.GetBoolean("region"),
                "number" => config.GetInt32("region"),
                _ => config.GetObject<Dictionary<string, string>>("region") as object,
            };
        }));
        Assert.StartsWith("Configuration 'project:region' value 'tor1' is not a valid ", exception.Message, StringComparison.Ordinal);
    }

    private static Task RunAsync(Func<object?> read) =>
        RunAsync(() =>
        {
            _ = read();
            return Task.CompletedTask;
        });

    private static Task RunAsync(Action read) =>
        RunAsync(() =>
        {
            read();
            return Task.CompletedTask;
        });

    private static async Task RunAsync(Func<Task> read)
    {
        Environment.SetEnvironmentVariable("PULUMI_CONFIG", JsonSerializer.Serialize(Values));
        try
        {
            await Deployment.TestAsync(new Mocks(), new(), read);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PULUMI_CONFIG", null);
        }
    }
}
