using System.Text.Json;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;
using Infra.Tests.Abuse;

namespace Infra.Tests.Unit.Cli;

/// <summary>Any command line gives an answer or one message (as JSON with <c>--json</c>), never a stack trace.</summary>
public sealed class CommandLineFuzzTests
{
    private const int Sample = 150;

    private static readonly string[] s_values =
    [
        "0", "1", "4", "-1", "1.5", "1e9", "0x10", "NaN", "8192", "262144", "999999999999999999999", "true", "", " ", "'", "\"",
        "\\", "*", "-", "--", "---", "a\0b", "\u001b[31mred", "\u202ereversed", "\ud83d\ude00", "\n", "nyc2", "tor1", "spot", "onDemand",
        "Spot", "gpu-h100x1-80gb",
        "gpu-h100x1-80gb,gpu-h200x1-141gb", "GPU-H100X1-80GB", "mistralai/Ministral-3-8B-Instruct-2512", "Ministral-3-8B", "nobody/nothing",
        "fp8", "bf16", "dev", "Pulumi.dev.yaml", "../dev", "/dev/zero", "@file", "$(id)", "%s%n", new('9', 400), new('m', 20_000),
    ];

    /// <summary>No test asks the internet.</summary>
    private static readonly HttpClient s_noHub = new(new NoHub());

    [Fact]
    public Task A_line_of_random_words_is_an_answer_or_one_message() => Chance.WithSeedAsync("command lines", async chance =>
    {
        var answered = 0;
        for (var line = 0; line < Sample; line++)
        {
            var words = Line(chance);
            var shown = JsonSerializer.Serialize(words);
            var (status, output, errors) = await RunAsync(words);

            Assert.True(status is ExitCode.Fine or ExitCode.UserError, $"{shown}: {status}: {errors}");
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
            Assert.False((output + errors).Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r')), $"{shown}: {errors}");
            if (status == ExitCode.Fine)
            {
                answered++;
            }
            else if (words.TakeWhile(word => word != "--").Contains("--json"))
            {
                using var report = JsonDocument.Parse(output);
                Assert.NotEqual(0, report.RootElement.GetProperty("mistakes").GetArrayLength());
            }
            else
            {
                Assert.Contains("\n  fix: ", errors, StringComparison.Ordinal);
            }
        }

        Assert.InRange(answered, 1, Sample - 1);
    });

    // preview deploys into mocks of this process, which other tests have: only lines of it that are refused.
    private static string[] Line(Random chance)
    {
        var command = chance.Next(8) switch
        {
            0 => "preview",
            1 => s_values[chance.Next(s_values.Length)],
            _ => "plan",
        };
        var options = PlanCommand.Create(Silent()).Options.Select(option => option.Name).ToArray();
        var words = new List<string> { command };
        for (var left = chance.Next(5); left > 0; left--)
        {
            words.Add(chance.Next(6) == 0 ? s_values[chance.Next(s_values.Length)] : options[chance.Next(options.Length)]);
            if (chance.Next(4) > 0)
            {
                words.Add(s_values[chance.Next(s_values.Length)]);
            }
        }

        return command == "preview" ? [.. words, "--no-such-option"] : [.. words];
    }

    private static Terminal Silent() => new(TextWriter.Null, TextWriter.Null, interactive: false);

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false);
        var status = await InfraCommand.InvokeAsync(words, terminal,
            [PreviewCommand.Create(terminal), PlanCommand.Create(terminal, s_noHub)]);
        return (status, output.ToString(), error.ToString());
    }

    private sealed class NoHub : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no network");
    }
}
