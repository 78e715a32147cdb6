using System.Xml.Linq;
using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Cli.Preview;
using Infra.Tests.Deployments;
using Spectre.Console;

namespace Infra.Tests.Golden;

/// <summary>The pictures of the README show what the commands print now; that of <c>up</c>, what docs/lab.md recorded.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PictureTests
{
    // From 125 columns on, hardware is in a table.
    private const int Columns = 130;

    [Theory]
    [InlineData("preview", "preview dev")]
    [InlineData("plan", "plan --model mistralai/Ministral-3-8B-Instruct-2512 --context 32768 --concurrency 4 --region tor1")]
    public async Task The_picture_of_a_command_is_what_it_prints(string name, string command)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, TextWriter.Null, interactive: true);
        terminal.Console.Profile.Width = Columns;
        terminal.Console.Profile.Capabilities.Ansi = true;
        terminal.Console.Profile.Capabilities.Unicode = true;
        terminal.Console.Profile.Capabilities.Links = false;
        terminal.Console.Profile.Capabilities.ColorSystem = ColorSystem.Standard;

        var status = await InfraCommand.InvokeAsync(
            command.Split(' '), terminal, [PreviewCommand.Create(terminal), PlanCommand.Create(terminal)]);

        Assert.Equal(0, status);
        GoldenFile.Matches($"docs/pictures/{name}.svg", AnsiPicture.Of($"./infra {command}", $"$ ./infra {command}\n{output}", Columns));
    }

    [Fact]
    public void The_picture_of_up_is_the_recorded_run()
    {
        var page = File.ReadAllText(Path.Combine(GoldenFile.Root(), "docs", "lab.md"));
        var from = page.IndexOf("$ ./infra up\n", StringComparison.Ordinal);
        var to = page.IndexOf("\n$ ./infra status", from, StringComparison.Ordinal);
        GoldenFile.Matches("docs/pictures/up.svg", AnsiPicture.Of("./infra up", page[from..to], Columns));
    }

    [Fact]
    public void A_picture_keeps_columns_and_styles_and_continues_long_lines()
    {
        var picture = XDocument.Parse(AnsiPicture.Of("a & b", "ab \u001b[1;92mc<d\u001b[0m e\n12345678901", 10));
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(["ab", "c<d", "e", "1234567890", "1"], picture.Descendants(svg + "text").Select(text => text.Value));
        Assert.Equal([null, "c10 b", null, null, null], picture.Descendants(svg + "text").Select(text => (string?)text.Attribute("class")));
        Assert.Equal(["27", "27", "27", "44", "61"], picture.Descendants(svg + "text").Select(text => (string?)text.Attribute("y")));
        Assert.Equal("a & b", picture.Descendants(svg + "title").Single().Value);
        Assert.Throws<InvalidOperationException>(() => AnsiPicture.Of("", "\u001b[38;5;1mx", 10));
    }
}
