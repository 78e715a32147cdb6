using System.Collections.Immutable;
using Infra.Components;
using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Plan;
using Pulumi;

namespace Infra.Stacks;

/// <summary>The outputs of a stack. Only <see cref="ClientKeys"/> and <see cref="SshPrivateKey"/> contain secrets.</summary>
public static class StackOutputs
{
    /// <summary>By endpoint: URL, model, hardware, price, and commands to paste.</summary>
    public const string Endpoints = "endpoints";

    /// <summary>CA certificate for clients of private and internal endpoints, in PEM.</summary>
    public const string CertificateAuthority = "ca";

    /// <summary>API keys by endpoint and client, a secret.</summary>
    public const string ClientKeys = "clientKeys";

    /// <summary>Private SSH key of <c>ops</c>, in OpenSSH format, a secret.</summary>
    public const string SshPrivateKey = "sshPrivateKey";

    /// <summary>The nodes' host keys, as lines of <c>known_hosts</c>.</summary>
    public const string KnownHosts = "knownHosts";

    /// <summary>Commands that write key, host keys and certificate to files, which the commands of the endpoints use.</summary>
    public const string Setup = "setup";

    /// <summary>Total price in USD.</summary>
    public const string UsdPerHour = "usdPerHour";

    /// <summary>The same for a full month of 31 days.</summary>
    public const string UsdPerMonth = "usdPerMonth";

    /// <summary>Phase timeline of the bring-up, by node: the lines of the node.</summary>
    public const string BringUp = "bringUp";

    private const int LocalPort = 8443;

    internal static IDictionary<string, object?> Of(
        StackPlan plan, ImmutableArray<ModelEndpoint> endpoints, OperatorKey operatorKey, CertificateAuthority authority)
    {
        var nodes = endpoints.SelectMany(endpoint => endpoint.Nodes).ToImmutableArray();
        return new Dictionary<string, object?>
        {
            [Endpoints] = Output.All(plan.Endpoints.Zip(endpoints, Endpoint))
                .Apply(all => plan.Endpoints.Zip(all).ToImmutableDictionary(pair => pair.First.Name, pair => (object)pair.Second)),
            [CertificateAuthority] = authority.CertificatePem,
            [ClientKeys] = Output.CreateSecret(Output.All(endpoints.Select(endpoint => endpoint.Keys))
                .Apply(all => plan.Endpoints.Zip(all).ToImmutableDictionary(pair => pair.First.Name, pair => (object)pair.Second))),
            [SshPrivateKey] = operatorKey.PrivateKey,
            [KnownHosts] = Output.All(nodes.SelectMany(node => new[] { node.PublicAddress, node.HostKey }))
                .Apply(all => string.Concat(all.Chunk(2).Select(host => $"{host[0]} {host[1]}\n"))),
            [Setup] = SetupCommands,
            [UsdPerHour] = Price(plan.UsdPerHour, 4),
            [UsdPerMonth] = Price(plan.UsdPerMonth, 2),
            [BringUp] = Output.All(endpoints.Select(endpoint => endpoint.PhaseTimelines))
                .Apply(all => all.SelectMany(timelines => timelines).ToImmutableDictionary()),
        };
    }

    private const string SetupCommands =
        "umask 077\n"
        + "pulumi stack output sshPrivateKey --show-secrets > ops.key\n"
        + "pulumi stack output knownHosts > known_hosts\n"
        + "pulumi stack output ca > ca.pem\n";

    private static Output<ImmutableDictionary<string, object?>> Endpoint(EndpointPlan plan, ModelEndpoint endpoint)
    {
        var addresses = Output.All(endpoint.Nodes.SelectMany(node => new[] { node.PublicAddress, node.PrivateAddress }));
        return Output.Tuple(endpoint.Url, addresses).Apply(values => Describe(plan, values.Item1, values.Item2));
    }

    private static ImmutableDictionary<string, object?> Describe(EndpointPlan plan, string url, ImmutableArray<string> addresses)
    {
        var placement = plan.Placement;
        // A private endpoint is only reachable through a tunnel unless callers are listed; the printed commands use the tunnel.
        var baseUrl = plan.Access == Access.Private ? $"https://127.0.0.1:{LocalPort}/v1" : url;
        var usesAuthority = plan.Access != Access.Public;
        return new Dictionary<string, object?>
        {
            ["access"] = plan.Access.ToString().ToLowerInvariant(),
            ["url"] = url,
            ["model"] = placement.Model.Id,
            ["servedModelName"] = plan.ServedModelName,
            ["task"] = placement.Model.Task.ToString().ToLowerInvariant(),
            ["revision"] = plan.Revision,
            ["engine"] = placement.Engine.Version,
            ["region"] = plan.Region,
            ["size"] = placement.Size.Slug,
            ["gpu"] = placement.Gpu.Name,
            ["gpuCount"] = plan.GpuCount,
            ["replicas"] = plan.Replicas,
            ["maxModelLen"] = placement.MaxModelLen,
            ["requests"] = placement.Requests,
            ["idleTimeoutSeconds"] = plan.IdleTimeoutSeconds,
            ["usdPerHour"] = Price(plan.UsdPerHour, 4),
            ["usdPerMonth"] = Price(plan.UsdPerMonth, 2),
            ["nodes"] = addresses.Chunk(2).Select((pair, index) => (object)new Dictionary<string, object>
            {
                ["name"] = Names.Node(plan.Name, index),
                ["publicAddress"] = pair[0],
                ["privateAddress"] = pair[1],
            }.ToImmutableDictionary()).ToImmutableArray(),
            ["tunnel"] =
                $"ssh -N -L {LocalPort}:127.0.0.1:443 -i ops.key -o IdentitiesOnly=yes -o UserKnownHostsFile=known_hosts -o "
                    + $"StrictHostKeyChecking=yes ops@{addresses[0]}",
            ["curl"] = Curl(plan, baseUrl, usesAuthority),
            ["openai"] = OpenAi(plan, baseUrl, usesAuthority),
            [SystemPromptOutput.Name] = SystemPromptOutput.Of(plan, addresses[0], Curl(plan, baseUrl, usesAuthority)),
        }.Where(output => output.Value is not null || output.Key != SystemPromptOutput.Name).ToImmutableDictionary();
    }

    private static string KeyCommand(EndpointPlan plan) =>
        $"pulumi stack output clientKeys --show-secrets --json | jq -r '.\"{plan.Name}\".\"{plan.Clients[0].Name}\"'";

    private static string Curl(EndpointPlan plan, string baseUrl, bool usesAuthority) =>
        $"curl {(usesAuthority ? "--cacert ca.pem " : "")}{baseUrl}/{Question(plan).Path} -H \"Authorization: Bearer "
            + $"$({KeyCommand(plan)})\" "
        + $"-H 'Content-Type: application/json' -d '{{\"model\": \"{plan.ServedModelName}\", {Question(plan).Body}}}'";

    private static (string Path, string Body) Question(EndpointPlan plan) => plan.Placement.Model.Task switch
    {
        ModelTask.Embed => ("embeddings", "\"input\": \"Hello\""),
        ModelTask.Score => ("rerank", "\"query\": \"Hello\", \"documents\": [\"Good morning\", \"The sum is four\"]"),
        _ => ("chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]"),
    };

    // The three variables that the OpenAI libraries and their HTTP clients read: Python's httpx and Node's TLS each have their own.
    private static string OpenAi(EndpointPlan plan, string baseUrl, bool usesAuthority) =>
        $"export OPENAI_BASE_URL={baseUrl}\nexport OPENAI_API_KEY=\"$({KeyCommand(plan)})\"\n"
        + (usesAuthority ? "export SSL_CERT_FILE=$PWD/ca.pem NODE_EXTRA_CA_CERTS=$PWD/ca.pem\n" : "");

    // Pulumi has no decimal type; an unknown price is null.
    private static double? Price(decimal? usd, int digits) => usd is { } known ? (double)Math.Round(known, digits) : null;
}
