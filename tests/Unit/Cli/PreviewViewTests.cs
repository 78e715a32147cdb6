using Infra.Cli.CommandLine;
using Infra.Cli.Preview;
using Infra.Cli.Project;
using Infra.Planning.Catalog;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Cli;

/// <summary>Output of <c>./infra preview</c> for terminals.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PreviewViewTests
{
    private const int Narrow = 80;
    private const int Wide = 240;

    [Fact]
    public async Task The_vllm_command_is_complete_and_on_a_line_of_its_own()
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(StackFiles.Root), "dev");

        var endpoint = Assert.Single(preview.Plan.Endpoints);
        Assert.Contains($"vllm serve {endpoint.Placement.Model.Id} {string.Join(' ', endpoint.Flags)}", Printed(preview, Narrow));
    }

    [Theory]
    [InlineData(Narrow)]
    [InlineData(Wide)]
    public async Task A_preview_shows_what_was_asked_and_decided_and_ends_with_warnings_and_price(int width)
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(StackFiles.Root), "prod");
        var endpoint = preview.Plan.Endpoints[0];
        // A warning of two endpoints is one line.
        preview = preview with
        {
            Plan = preview.Plan with { Endpoints = [endpoint with { Warnings = ["mind it"] }, endpoint with { Warnings = ["mind it"] }] },
        };
        var lines = Printed(preview, width);
        var text = string.Join('\n', lines);

        foreach (var key in new[] { "asked", "decided", "engine", "licence", "image", "URL", "clients", "weights" })
        {
            Assert.Contains($"\n  {key}: ", text, StringComparison.Ordinal);
        }

        Assert.Contains($"{endpoint.Placement.MaxModelLen:N0} tokens of context", text, StringComparison.Ordinal);
        Assert.Contains(endpoint.Image, text, StringComparison.Ordinal);
        Assert.Equal(width == Narrow, text.Contains("\n  hardware: ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("mind it", StringComparison.Ordinal));
        var end = string.Join(' ', lines[^3..]);
        Assert.Contains($"warning: {endpoint.Name}: mind it", string.Join('\n', lines[^4..]), StringComparison.Ordinal);
        Assert.Contains("Nothing was created.", end, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_licence_that_asks_something_is_shown_with_what_it_asks_and_where_it_is()
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(StackFiles.Root), "dev");
        var endpoint = Assert.Single(preview.Plan.Endpoints);
        Assert.Contains("  licence: Apache-2.0", Printed(preview, Wide));
        var medium = ModelCatalog.Load().Models["mistralai/Mistral-Medium-3.5-128B"];
        var other = preview with
        {
            Plan = preview.Plan with { Endpoints = [endpoint with { Placement = endpoint.Placement with { Model = medium } }] },
        };
        Assert.Contains($"  licence: Modified MIT: {medium.LicenceTerms} ({medium.LicenceUrl})", Printed(other, 1000));
        var json = Assert.Single(PreviewReport.Of(other).Endpoints);
        Assert.Equal((medium.Licence, medium.LicenceTerms, medium.LicenceUrl, medium.TestedEngine),
            (json.Licence, json.LicenceTerms, json.LicenceUrl, json.TestedEngine));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(100, 1)]
    public async Task Of_many_replicas_the_first_is_shown(int replicas, int shown)
    {
        var folder = Directory.CreateTempSubdirectory("infra-preview-").FullName;
        try
        {
            File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(folder, "Pulumi.yaml"));
            var stack = await File.ReadAllTextAsync(
                Path.Combine(StackFiles.Root, "Pulumi.dev.yaml"), TestContext.Current.CancellationToken);
            const string Model = "      model: mistralai/Ministral-3-3B-Instruct-2512\n";
            Assert.Contains(Model, stack, StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "Pulumi.dev.yaml"),
                stack.Replace(Model, $"{Model}      replicas: {replicas}\n      access: internal\n", StringComparison.Ordinal)
                    .Replace("maxHourlyUsd: \"1\"", "maxHourlyUsd: \"1000\"", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            var lines = Printed(await StackPreview.RunAsync(PulumiProject.Find(folder), "dev"), Wide);

            Assert.Equal(shown, lines.Count(line => line.Contains(" GpuNode chat-", StringComparison.Ordinal)));
            Assert.Equal(shown == 1, lines.Any(line => line.EndsWith($" and {replicas - 1} like it, to chat-{replicas - 1}",
                StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_pipe_gets_no_escape_codes_where_a_CI_service_shows_them()
    {
        const string Service = "GITHUB_ACTIONS";
        var before = Environment.GetEnvironmentVariable(Service);
        Environment.SetEnvironmentVariable(Service, "true");
        try
        {
            Assert.False(new Terminal(TextWriter.Null, TextWriter.Null, interactive: false).Console.Profile.Capabilities.Ansi);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Service, before);
        }
    }

    private static string[] Printed(StackPreview preview, int width)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, interactive: false);
        terminal.Console.Profile.Width = width;
        PreviewView.Write(terminal, preview);
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
