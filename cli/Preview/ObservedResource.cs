using System.Text.Json.Serialization;

namespace Infra.Cli.Preview;

/// <summary>A resource that the program declared.</summary>
/// <param name="Type">Type token: <c>digitalocean:index/droplet:Droplet</c>.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Parent">Name of its parent; null for the stack itself.</param>
/// <param name="ParentType">Type token of its parent: a component may share its name with one of its children.</param>
/// <param name="Inputs">What is known of its inputs before anything exists; secrets are masked. In the order of their names.</param>
internal sealed record ObservedResource(string Type, string Name, string? Parent, string? ParentType, IReadOnlyDictionary<string, object?> Inputs)
{
    public const string StackType = "pulumi:pulumi:Stack";

    /// <summary>The last part of the type token: <c>Droplet</c>.</summary>
    [JsonIgnore]
    public string ShortType => Type[(Type.LastIndexOf(':') + 1)..];
}
