using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Host;
using Infra.Lab.Provider.Resources;
using Infra.Lab.State;

namespace Infra.Lab.Stacks;

/// <summary>How to reach an endpoint of a running lab.</summary>
/// <param name="Name">Its name in the stack.</param>
/// <param name="Access"><c>private</c>, <c>internal</c> or <c>public</c>.</param>
/// <param name="Url">Base URL of the API for its callers.</param>
/// <param name="Model">Name to send as <c>model</c>.</param>
/// <param name="Clients">Names of its API keys.</param>
/// <param name="NodeAddress">Public address of the first node, for the tunnel.</param>
/// <param name="BalancerAddress">Address of the load balancer, if there is one.</param>
/// <param name="Repository">Repository id of the model; null if an older version wrote it.</param>
/// <param name="Task">Task of the model: <c>generate</c>, <c>embed</c> or <c>score</c>.</param>
internal sealed record EndpointAccess(
    string Name, string Access, string Url, string Model, IReadOnlyList<string> Clients, string NodeAddress, string? BalancerAddress,
    string? Repository = null, string Task = "generate")
{
    /// <summary>From the outputs of a started stack.</summary>
    public static IReadOnlyList<EndpointAccess> Of(StackOutputValues outputs, CloudState state, IReadOnlyList<DeployedNode> nodes) =>
    [
        .. outputs.Endpoints.OrderBy(endpoint => endpoint.Key, StringComparer.Ordinal).Select(endpoint => new EndpointAccess(
            endpoint.Key,
            (string)endpoint.Value["access"]!,
            (string)endpoint.Value["url"]!,
            (string)endpoint.Value["servedModelName"]!,
            [.. outputs.ClientKeys[endpoint.Key].Keys.Order(StringComparer.Ordinal)],
            nodes.First(node => node.Endpoint == endpoint.Key).PublicAddress,
            state.Resources.FirstOrDefault(resource => resource.Type == Types.LoadBalancer && resource.Name == endpoint.Key
                && !resource.Replaced)?.Outputs["ip"] as string,
            (string)endpoint.Value["model"]!,
            (string)endpoint.Value["task"]!)),
    ];

    /// <summary>The endpoints that the last complete <c>up</c> stored; none before.</summary>
    public static IReadOnlyList<EndpointAccess> Load(LabFolder folder) =>
        StateFile.Read(FileOf(folder), EndpointAccessJson.Default.IReadOnlyListEndpointAccess) ?? [];

    public static void Save(LabFolder folder, IReadOnlyList<EndpointAccess> endpoints) =>
        StateFile.Write(FileOf(folder), endpoints, EndpointAccessJson.Default.IReadOnlyListEndpointAccess);

    private static string FileOf(LabFolder folder) => Path.Combine(folder.Path, "endpoints.json");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<EndpointAccess>))]
internal sealed partial class EndpointAccessJson : JsonSerializerContext;
