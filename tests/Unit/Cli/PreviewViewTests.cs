using Infra.Cli.CommandLine;
using Infra.Cli.Preview;
using Infra.Cli.Project;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Cli;

/// <summary>What people read of a preview.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PreviewViewTests
{
    [Fact]
    public async Task The_command_of_the_engine_is_one_whole_line_on_a_narrow_terminal()
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
