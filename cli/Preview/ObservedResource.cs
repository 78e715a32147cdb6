using System.Text.Json.Serialization;

namespace Infra.Cli.Preview;

/// <summary>A declared resource.</summary>
/// <param name="Type">Type token: <c>digitalocean:index/droplet:Droplet</c>.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Parent">Name of its parent; null for the stack itself.</param>
/// <param name="ParentType">Type token of its parent: a component may have the same name as one of its children.</param>
/// <param name="Inputs">Its inputs as far as they are known, sorted by name, with secrets masked.</param>
internal sealed record ObservedResource(string Type, string Name, string? Parent, string? ParentType,
    IReadOnlyDictionary<string, object?> Inputs)
{
    public const string StackType = "pulumi:pulumi:Stack";

    /// <summary>The last part of the type token: <c>Droplet</c>.</summary>
    [JsonIgnore]
    public string ShortType => Type[(Type.LastIndexOf(':') + 1)..];
}
