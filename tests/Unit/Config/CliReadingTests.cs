using System.Text;
using Infra.Cli.Project;
using Infra.Planning.Errors;
using Infra.Stacks;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>A stack's file means here what it means to the Pulumi CLI.</summary>
public sealed class CliReadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-reading-").FullName;

    public CliReadingTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_scalar_is_the_text_that_the_cli_passes() => Assert.All(CliReadings.Texts, row => Assert.True(
        row.Text == Said(() => Read($"config:\n  other:value: {row.Written}\n").Values["other:value"]), $"{row.Written}: {row.Source}"));

    [Fact]
    public void Every_file_is_read_or_refused_as_the_cli_does()
    {
        foreach (var (file, region, refused, source) in CliReadings.Files)
        {
            var said = Said(() => Read(file).Values.GetValueOrDefault("inference:region") ?? "");
            Assert.True(
                refused is null ? said == (region ?? "")
                    : said.Contains(refused, StringComparison.Ordinal) && said.Contains("fix: ", StringComparison.Ordinal),
                $"{file}\n{said}\n{source}");
        }
    }

    [Fact]
    public void Every_value_is_held_against_its_type_as_the_cli_does()
    {
        foreach (var (setting, written, taken, source) in CliReadings.Types)
        {
            var lines = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["region"] = "tor1",
                ["adminCidrs"] = "[203.0.113.7/32]",
                ["endpoints"] = "{chat: {model: mistralai/Ministral-3-3B-Instruct-2512}}",
                [setting] = written,
            };
            var said = Said(() =>
            {
                var file = Read($"config:\n{string.Concat(lines.Select(line => $"  {line.Key}: {line.Value}\n"))}");
                InferenceProgram.Read(file.Values, file.SecretKeys, _folder, file.Stack);
                return "";
            });
            Assert.True(taken == (said.Length == 0) && (taken || said.StartsWith(setting, StringComparison.Ordinal)),
                $"{setting}: {written}\n{said}\n{source}");
        }
    }

    [Fact]
    public void The_differences_are_many_and_each_names_its_source()
    {
        Assert.True(CliReadings.Texts.Length + CliReadings.Files.Length + CliReadings.Types.Length >= 60);
        Assert.All(CliReadings.Texts.Select(row => row.Source).Concat(CliReadings.Files.Select(row => row.Source))
            .Concat(CliReadings.Types.Select(row => row.Source)), Assert.NotEmpty);
    }

    [Theory]
    [InlineData("fffe63006f006e006600690067003a00", true)] // UTF-16 with a mark
    [InlineData("feff0063006f006e006600690067003a", true)]
    [InlineData("636f6e6669673a20ff", false)] // no UTF-8
    [InlineData("fffe63", false)]
    public void Bytes_are_text_as_for_the_cli(string hex, bool taken)
    {
        File.WriteAllBytes(Path.Combine(_folder, "Pulumi.bytes.yaml"), Convert.FromHexString(hex));
        var said = Said(() => PulumiProject.Find(_folder).Configuration("bytes").Stack);
        Assert.Equal(taken, said == "bytes");
        Assert.True(taken || said.Contains("save the file as UTF-8", StringComparison.Ordinal), said);
    }

    [Fact]
    public void Aliases_of_aliases_end_within_the_parsers_limits()
    {
        var bomb = new StringBuilder("x-0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var level = 1; level < 20; level++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"x-{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        }

        Assert.Contains("stand for too many values", Said(() => Read(bomb.ToString()).Stack), StringComparison.Ordinal);
        Assert.Contains("stand for too many values",
            Said(() => Read($"{bomb}config: {{? *a19 : x}}").Stack), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Deep_nesting_is_a_message(char open, char close) => Assert.Contains("nested deeper",
        Said(() => Read($"config: {new string(open, 20_000)}{new string(close, 20_000)}").Stack), StringComparison.Ordinal);

    [Fact]
    public void A_list_of_lists_without_brackets_is_a_message_too() =>
        Assert.Contains("nested deeper", Said(() => Read(string.Concat(Enumerable.Repeat("- ", 5_000))).Stack), StringComparison.Ordinal);

    [Theory]
    [InlineData("inference:region: tor1", "next to 'config'")]
    [InlineData("region: tor1", "next to 'config'")]
    [InlineData("Config: {region: tor1}", "did you mean config?")]
    [InlineData("confg: {region: tor1}", "did you mean config?")]
    [InlineData("enviroment: [x]", "did you mean environment?")]
    public void A_setting_outside_of_config_is_an_error(string file, string problem) =>
        Assert.Contains(problem, Said(() => Read(file).Stack), StringComparison.Ordinal);

    [Theory]
    [InlineData("environment: [prod]", true)]
    [InlineData("environment: {imports: [prod]}", true)]
    [InlineData("environment: []", false)]
    [InlineData("environment: ~", false)]
    public void An_environment_is_noticed(string file, bool noticed)
    {
        var read = Read(file);
        Assert.Equal(noticed, read.HasEnvironment);
        Assert.Equal(noticed, read.Warnings.Any(warning => warning.Contains("Pulumi ESC", StringComparison.Ordinal)));
    }

    [Fact]
    public void Further_documents_are_noticed() =>
        Assert.Contains("only what is above", Assert.Single(Read("config: {}\n---\nconfig: {}").Warnings), StringComparison.Ordinal);

    private StackFile Read(string file)
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.read.yaml"), file);
        return PulumiProject.Find(_folder).Configuration("read");
    }

    private static string Said(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (ConfigurationException refused)
        {
            return refused.Message;
        }
    }
}
