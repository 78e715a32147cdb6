using Infra.Cli.CommandLine;
using Infra.Cli.Preview;
using Infra.Cli.Project;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Cli;

/// <summary>Output of <c>./infra preview</c> for terminals.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PreviewViewTests
{
    [Fact]
    public async Task The_vllm_command_is_complete_and_on_a_line_of_its_own()
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(StackFiles.Root), "dev");
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, interactive: false);
        terminal.Console.Profile.Width = 80;
        PreviewView.Write(terminal, preview);

        var endpoint = Assert.Single(preview.Plan.Endpoints);
        Assert.Contains(
            $"vllm serve {endpoint.Placement.Model.Id} {string.Join(' ', endpoint.Flags)}",
            output.ToString().ReplaceLineEndings("\n").Split('\n'));
    }
}
