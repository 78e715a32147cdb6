using System.Text.Json.Nodes;
using Infra.Planning.Errors;
using Infra.Stacks;
using Infra.Tests.Abuse;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>The fixes of all errors, pasted in their order, make a config that is accepted and keeps what was written.</summary>
public sealed class FixTests
{
    private const int Pairs = 250;

    public static TheoryData<int, string> Rows() => WrongConfigurationTests.Rows();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Pasted_fixes_make_a_wrong_configuration_right_and_keep_the_rest(int row, string description)
    {
        Assert.NotEmpty(description);
        var wrong = WrongConfigurations.All[row];
        var config = Configs.With([.. wrong.With is { } right ? new[] { right } : [], (wrong.Path, wrong.Json)]);
        Assert.Equal([], Lost(config, Fixed(config)));
    }

    [Fact]
    public Task Pasted_fixes_make_two_errors_right_together() => Chance.WithSeedAsync("pairs of wrong configurations", chance =>
    {
        for (var pair = 0; pair < Pairs; pair++)
        {
            var rows = new[] { chance.Next(WrongConfigurations.All.Length), chance.Next(WrongConfigurations.All.Length) }
                .Select(row => WrongConfigurations.All[row]).ToArray();
            if (rows.Any(row => rows.Any(other => other != row && Overlap(row.Path, other.Path))))
            {
                continue;
            }
            var config = Configs.With(
                [.. rows.Select(row => row.With).OfType<(string, string?)>(), .. rows.Select(row => (row.Path, row.Json))]);
            var after = Fixed(config);
            var lost = Lost(config, after).ToList();
            Assert.True(lost.Count == 0, $"{string.Join("\n", lost)}\nis lost by\n{string.Join("\n", after.Errors)}");
        }
        return Task.CompletedTask;
    });

    [Fact]
    public void A_value_that_a_wrong_setting_had_too_is_not_lost_from_the_other()
    {
        var config = Configs.With(
            ("endpoints.chat.replicas", """{"min": 1, "max": 4}"""), ("endpoints.chat.clients", """[{"concurrent": 4}]"""));
        Assert.Equal([], Lost(config, Fixed(config)));
    }

    [Fact]
    public void A_setting_that_a_fix_removes_is_not_set_again_by_the_fix_of_an_element() => Assert.Equal(
        ["pulumi config set --path 'endpoints.chat.clientTags[0]' web-1", "pulumi config rm --path 'endpoints.chat.clientTags'"],
        Fixed(Configs.With(("endpoints.chat.access", "\"internal\""), ("endpoints.chat.clientTags", "[\"web.1\"]")))
            .Errors.Select(error => error.Fix));

    [Theory]
    [InlineData("adminCidrs", """["8.8.8.8/32", "9.9.9.0/24", "8.8.8.8/32", "8.8.8.8/32"]""", """["8.8.8.8/32","9.9.9.0/24"]""")]
    [InlineData("adminCidrs", """["0.0.0.0/0", "::/0"]""", """["93.184.216.34/32"]""")]
    [InlineData("adminCidrs", """["office", "8.8.8.8", "8.8.8.8/32", "home"]""", """["93.184.216.34/32","8.8.8.8/32"]""")]
    [InlineData("tags", """["team ai", "a", "A", "team-ai"]""", """["a","team-ai"]""")]
    [InlineData("endpoints.chat.clients", """["bob", "Bob", {"name": "Al", "concurrent": 4}]""",
        """["bob","bob-2",{"name":"al","concurrent":4}]""")]
    [InlineData("endpoints.chat.clientCidrs", """["10.7.0.0/16", "1.1.1.1/32", "10.7.0.0/16", "2.2.2.2/32"]""", """["10.7.0.0/16"]""")]
    public void Elements_that_are_right_are_left_in_place(string path, string written, string left)
    {
        var names = path.Split('.');
        var config = Fixed(Configs.With((path, written))).Config.Config;
        var node = names[1..].Aggregate(JsonNode.Parse(config[$"inference:{names[0]}"])!, (at, name) => at[name]!);
        Assert.Equal(left, node.ToJsonString());
    }

    [Theory]
    [InlineData("mistralai/Ministral-3-8B-Instruct-2512-FP8", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("mistralai/Ministral-3-8B-Instruct-2512-BF16-GGUF", "mistralai/Ministral-3-8B-Instruct-2512-BF16")]
    [InlineData("mistralai/Ministral-3-3B-Reasoning-2512@main", "mistralai/Ministral-3-3B-Reasoning-2512")]
    [InlineData("https://huggingface.co/mistralai/Ministral-3-3B-Reasoning-2512/tree/main", "mistralai/Ministral-3-3B-Reasoning-2512")]
    [InlineData("MISTRALAI/ministral-3-3b-base-2512", "mistralai/Ministral-3-3B-Base-2512")]
    public void A_model_in_other_words_is_the_same_model(string written, string meant)
    {
        var error = Assert.Single(Fixed(Configs.With(("endpoints.chat.model", $"\"{written}\""))).Errors);
        Assert.Equal($"pulumi config set --path 'endpoints.chat.model' {meant}", error.Fix);
        Assert.Contains("with the fix chat costs", error.Problem, StringComparison.Ordinal);
    }

    /// <summary>The CLI refuses a value that could be a secret, by the name of its key.</summary>
    [Theory]
    [InlineData("token-bot", "--plaintext --path")]
    [InlineData("passage", "--plaintext --path")]
    [InlineData("chat-2", "--path")]
    public void A_fix_below_the_name_of_a_secret_is_taken_by_the_cli(string endpoint, string options)
    {
        var error = Assert.Single(Fixed(Configs.With(("endpoints", $$$"""{"{{{endpoint}}}": {"model": "Ministral-3-3B"}}"""))).Errors);
        Assert.Equal($"pulumi config set {options} 'endpoints.{endpoint}.model' {Configs.Model}", error.Fix);
    }

    [Fact]
    public void A_token_in_plain_text_does_not_hide_what_the_other_fixes_leave()
    {
        var config = Configs.With(("endpoints.chat.replicas", "\"two\""), ("endpoints.chat.model", "\"no/such\""));
        config["inference:huggingFaceToken"] = "hf_x";
        Assert.Equal(["endpoints.chat.model", "endpoints.chat.replicas", "huggingFaceToken"], Assert.Throws<ConfigurationException>(
            () => InferenceProgram.Read(config, new HashSet<string>())).Errors.Select(error => error.Key).Order(StringComparer.Ordinal));
    }

    private static bool Overlap(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    private static (PulumiConfigCommands Config, IReadOnlyList<UserError> Errors) Fixed(Dictionary<string, string> config)
    {
        var shell = new PulumiConfigCommands(config);
        IReadOnlyList<UserError> errors;
        try
        {
            InferenceProgram.Read(config, projectDirectory: StackFiles.Root);
            return (shell, []);
        }
        catch (ConfigurationException exception)
        {
            errors = exception.Errors;
        }
        if (errors.Any(error => !error.Fix.StartsWith("pulumi config ", StringComparison.Ordinal)))
        {
            return (shell, errors); // more than a command can do
        }
        foreach (var error in errors)
        {
            shell.Run(error.Fix);
        }
        try
        {
            InferenceProgram.Read(shell.Config, shell.Secrets, StackFiles.Root);
        }
        catch (ConfigurationException exception)
        {
            Assert.Fail($"{string.Join("\n", errors)}\nafter these fixes:\n{exception.Message}");
        }
        return (shell, errors);
    }

    /// <summary>Values that no error names, and that are in no setting any more.</summary>
    private static IEnumerable<string> Lost(
        Dictionary<string, string> before, (PulumiConfigCommands Config, IReadOnlyList<UserError> Errors) after)
    {
        var left = after.Config.Leaves.Select(leaf => leaf.Value).ToList();
        var named = after.Errors.Select(error => $"inference:{error.Key}").ToList();
        return new PulumiConfigCommands(before).Leaves
            // In this order: a setting with an error may have had the same value as another one.
            .Where(leaf => !named.Any(key => leaf.Path.StartsWith(key, StringComparison.Ordinal)) && !left.Remove(leaf.Value))
            .Select(leaf => $"{leaf.Path} = {leaf.Value}");
    }
}
