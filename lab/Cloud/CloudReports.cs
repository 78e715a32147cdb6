using Infra.Cli.Project;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Host;

namespace Infra.Lab.Cloud;

/// <summary>Options of a start. What is null stays as it was; at the first start it has its default.</summary>
internal sealed record CloudUpOptions
{
    /// <summary>The project; null: there is none, and no stack to serve.</summary>
    public PulumiProject? Project { get; init; }

    /// <summary>Stacks to serve; empty: those of the last start, or those of the project without an error.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    public Pace? Pace { get; init; }

    public string? Base { get; init; }

    /// <summary>Whether Droplets do not boot. What an account began with holds for its life.</summary>
    public bool NoServers { get; init; }

    /// <summary>IPv4 address of the programs inside.</summary>
    public string? Address { get; init; }

    public ContentSize Size { get; init; } = ContentSize.Default;

    /// <summary>Receives messages.</summary>
    public Action<string> Print { get; init; } = static _ => { };
}

/// <summary>Output of <c>./infra cloud up --json</c>.</summary>
/// <param name="Endpoint">Address of the API inside.</param>
/// <param name="Token">The token, only when it is new.</param>
/// <param name="TokenFile">File with the token, readable for its owner only.</param>
/// <param name="Address">Address of the programs inside, which firewalls see.</param>
/// <param name="Pace">How long things take.</param>
/// <param name="Base">Release of new Droplets.</param>
/// <param name="Servers">Whether Droplets boot.</param>
/// <param name="Stacks">Stacks whose models and packages are served.</param>
/// <param name="Skipped">Stacks that are not.</param>
internal sealed record CloudUpReport(
    string Endpoint, string? Token, string TokenFile, string Address, string Pace, string Base, bool Servers,
    IReadOnlyList<CloudServedStack> Stacks, IReadOnlyList<CloudSkippedStack> Skipped);

/// <param name="Name">Name of the stack.</param>
/// <param name="Models">Its models.</param>
internal sealed record CloudServedStack(string Name, IReadOnlyList<string> Models);

/// <param name="Name">Name of the stack.</param>
/// <param name="Reason">Its first error.</param>
internal sealed record CloudSkippedStack(string Name, string Reason);

/// <summary>Output of <c>./infra cloud status --json</c>.</summary>
/// <param name="Up">Whether it is running.</param>
/// <param name="Pace">How long things take; null: it is not running.</param>
/// <param name="Servers">Whether Droplets boot.</param>
/// <param name="Address">Address of the programs inside.</param>
/// <param name="UsdPerHour">What its resources would cost at DigitalOcean.</param>
/// <param name="Resources">Its resources.</param>
/// <param name="Faults">Faults that were asked for.</param>
/// <param name="Problems">Parts that do not run.</param>
internal sealed record CloudStatus(
    bool Up, string? Pace, bool Servers, string? Address, decimal UsdPerHour, IReadOnlyList<CloudResourceStatus> Resources,
    IReadOnlyList<string> Faults, IReadOnlyList<string> Problems)
{
    public static CloudStatus Down { get; } = new(false, null, false, null, 0, [], [], []);
}

/// <param name="Kind"><c>droplet</c>, <c>volume</c>, <c>load_balancer</c> and so on.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Its state, where it has one.</param>
/// <param name="Details">Region, size and addresses, where it has them.</param>
/// <param name="UsdPerHour">Its price; null: none.</param>
internal sealed record CloudResourceStatus(
    string Kind, string Id, string Name, string? State, IReadOnlyList<string> Details, decimal? UsdPerHour);
