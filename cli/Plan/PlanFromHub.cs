using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Cli.Hub;
using Infra.Planning.Errors;
using Infra.Planning.Hub;

namespace Infra.Cli.Plan;

/// <summary><c>./infra plan --from-hub OWNER/NAME</c>: proposes the catalog row of a repository.</summary>
internal static class PlanFromHub
{
    /// <summary>Limit for one answer of the hub.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static readonly Option<string?> Repository = new(HubAddress.Option)
    {
        Description = "Read a repository of a hub, OWNER/NAME or OWNER/NAME@REVISION, and propose its catalog row. "
            + $"The token of a private or gated one is read from {HubClient.TokenVariable}.",
        HelpName = "OWNER/NAME",
    };

    public static readonly Option<string?> Hub = new("--hub")
    {
        Description = $"Address of the hub for {HubAddress.Option}. Default: {HubReader.HubVariable}, else {HubProposal.PublicHub}.",
        HelpName = "URL",
    };

    public static async Task WriteAsync(Terminal terminal, ParseResult parsed, bool json, HttpClient? http)
    {
        var address = HubAddress.Of(parsed.GetValue(Repository)!);
        var typed = parsed.GetValue(Hub);
        var hub = HubReader.Hub(typed, Environment.GetEnvironmentVariable(HubReader.HubVariable));
        using var own = http is null ? HubHttp.Client() : null;
        var client = new HubClient(
            http ?? own!, hub, Environment.GetEnvironmentVariable(HubClient.TokenVariable)?.Trim(), address, Patience);
        var proposal = await HubReader.ReadAsync(client, address, hub, TimeProvider.System);
        if (json)
        {
            // The file itself, so that it can be redirected into one.
            terminal.WriteCommand(proposal.File.TrimEnd());
        }
        else
        {
            HubView.Write(terminal, proposal, address, typed is null ? "" : $" --hub {ShellWord.Of(typed)}");
        }
    }
}
