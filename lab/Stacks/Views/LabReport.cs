using Infra.Lab.Host;
using Infra.Lab.Provider;

namespace Infra.Lab.Stacks.Views;

/// <summary>Output of <c>./infra up --json</c>.</summary>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Resources">Number of resources per operation.</param>
/// <param name="Endpoints">The models.</param>
internal sealed record LabReport(string Stack, CloudSummary Resources, IReadOnlyList<EndpointReport> Endpoints)
{
    public static LabReport Of(LabStack lab, UpResult result, IReadOnlyDictionary<string, string> answers) => new(
        lab.Stack,
        result.Summary,
        [.. lab.Endpoints().Select(endpoint => EndpointReport.Of(lab, endpoint, result, answers[endpoint.Name]))]);
}

/// <summary>A running endpoint.</summary>
/// <param name="Name">Its name in the stack.</param>
/// <param name="Access">Who can reach it: private, internal or public.</param>
/// <param name="Url">Base URL for clients.</param>
/// <param name="Model">Model name to send as <c>model</c>.</param>
/// <param name="Ask">The shortest command that asks it.</param>
/// <param name="Curl">A curl command from a location with access, with certificate and key.</param>
/// <param name="Tunnel">Command that opens a tunnel to it.</param>
/// <param name="Nodes">Its servers with their phases.</param>
/// <param name="Answer">Its first answer.</param>
internal sealed record EndpointReport(
    string Name, string Access, string Url, string Model, string Ask, string Curl, string Tunnel, IReadOnlyList<NodeReport> Nodes,
    string Answer)
{
    private const int TunnelPort = 8443;

    public static EndpointReport Of(LabStack lab, EndpointAccess endpoint, UpResult result, string answer)
    {
        var files = new AccessFiles(lab.Folder);
        var timelines = result.Outputs.PhaseTimelines;
        return new EndpointReport(
            endpoint.Name, endpoint.Access, endpoint.Url, endpoint.Model,
            $"./infra ask{OfStack(lab)} --endpoint {endpoint.Name} \"What is a firewall?\"",
            CurlOf(lab, files, endpoint),
            $"./infra exec{OfStack(lab)} operator -- ssh -N -L {TunnelPort}:127.0.0.1:443 "
                + $"-b {lab.Sandbox.Operator} -i {files.OperatorKey} -o IdentitiesOnly=yes "
                + $"-o UserKnownHostsFile={files.KnownHosts} -o StrictHostKeyChecking=yes ops@{endpoint.NodeAddress}",
            [.. lab.Nodes().Where(node => node.Endpoint == endpoint.Name)
                .Select(node => NodeReport.Of(node, timelines.GetValueOrDefault(node.Name) ?? ""))],
            answer);
    }

    // Commands for another stack than the default need its name.
    private static string OfStack(LabStack lab) =>
        lab.Stack == LabStack.DefaultStack ? "" : $" --stack {lab.Stack}";

    private static string CurlOf(LabStack lab, AccessFiles files, EndpointAccess endpoint)
    {
        var (place, authority, url) = endpoint.Access switch
        {
            "private" => ("operator", files.Authority, $"https://127.0.0.1:{TunnelPort}/v1"),
            "internal" => (HostRuntime.NeighbourName, files.Authority, endpoint.Url),
            _ => ("operator", files.PublicAuthority, endpoint.Url),
        };
        var resolve = endpoint.Access == "public"
            ? $" --resolve {new Uri(endpoint.Url).Host}:443:{endpoint.BalancerAddress} --interface {Sandbox.MirrorAddress}"
            : "";
        return $"./infra exec{OfStack(lab)} {place} -- curl -sS --cacert {authority}{resolve} {url}/chat/completions -H "
            + $"\"Authorization: Bearer $(cat {files.ClientKey(endpoint.Name, endpoint.Clients[0])})\" "
            + $"-H 'Content-Type: application/json' -d '{{\"model\": \"{endpoint.Model}\", \"messages\": [{{\"role\": \"user\", "
            + $"\"content\": \"Hello\"}}]}}'";
    }
}

/// <summary>A server.</summary>
/// <param name="Name">Its name in the program.</param>
/// <param name="Size">Size slug.</param>
/// <param name="PublicAddress">Address for SSH.</param>
/// <param name="PrivateAddress">Address in the VPC.</param>
/// <param name="Phases">Its phases.</param>
internal sealed record NodeReport(string Name, string Size, string PublicAddress, string PrivateAddress,
    IReadOnlyList<TimelinePhase> Phases)
{
    public static NodeReport Of(DeployedNode node, string timeline) =>
        new(node.Name, node.Size, node.PublicAddress, node.PrivateAddress, PhaseTimeline.Phases(PhaseTimeline.Parse(timeline)));
}
