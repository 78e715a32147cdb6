using Infra.Cli.CommandLine;
using Infra.Planning.Errors;
using Infra.Planning.Hub;
using Spectre.Console;

namespace Infra.Cli.Hub;

/// <summary>
/// A proposed catalog row for terminals: what was found, the file, the lines of the stack file, and the commands that use them.
/// </summary>
internal static class HubView
{
    public static void Write(Terminal terminal, HubProposal proposal, HubAddress address, string hubOption)
    {
        var console = terminal.Console;
        console.WriteStyled((address.Id, Styled.Bold));
        foreach (var fact in proposal.Found)
        {
            console.WriteLine($"  {Printable.Line(fact)}");
        }

        foreach (var caution in proposal.Cautions)
        {
            console.WriteStyled(("caution:", Styled.Yellow), ($" {Printable.Line(caution)}", Styled.Plain));
        }

        var file = FileName(address);
        console.WriteLine();
        console.WriteLine($"The catalog file, {file} (docs/catalog.md):");
        terminal.WriteCommand(proposal.File.TrimEnd());
        console.WriteLine();
        console.WriteLine("In Pulumi.STACK.yaml, below config:");
        terminal.WriteCommand($"  inference:catalog: {file}");
        terminal.WriteCommand($"  inference:endpoints: {{ chat: {{ model: {address.Id} }} }}");
        console.WriteLine();
        console.WriteLine("Write the file, and see where the model fits:");
        terminal.WriteCommand($"./infra plan {HubAddress.Option} {ShellWord.Of(address.ToString())}{hubOption} --json > {file}");
        terminal.WriteCommand($"./infra plan --catalog {file} --model {ShellWord.Of(address.Id)}");
    }

    /// <summary>A file name of letters, digits and hyphens.</summary>
    private static string FileName(HubAddress address) =>
        string.Concat(address.Id.Split('/')[1].ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'))
            .Trim('-') + ".catalog.json";
}
