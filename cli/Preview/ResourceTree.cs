using System.Text.RegularExpressions;
using Infra.Cli.CommandLine;
using Spectre.Console;

namespace Infra.Cli.Preview;

/// <summary>The resources of a stack as a tree. Replicas have the same resources, so only the first is shown.</summary>
internal static partial class ResourceTree
{
    /// <summary>Two replicas are shown in full: a line in place of the second would save little.</summary>
    private const int ShownInFull = 2;

    private const string Replica = "#";

    public static Tree Of(IReadOnlyList<ObservedResource> resources)
    {
        var children = resources.Skip(1).ToLookup(resource => (resource.ParentType, resource.Parent));
        var tree = new Tree(Label(resources[0]));
        foreach (var child in Children(resources[0], children))
        {
            Add(tree, child, children);
        }

        return tree;
    }

    private static void Add(
        IHasTreeNodes parent, ObservedResource resource, ILookup<(string? Type, string? Name), ObservedResource> children)
    {
        var node = parent.AddNode(Label(resource));
        foreach (var alike in Children(resource, children).GroupBy(child => Shape(child, children)))
        {
            var shown = alike.Count() > ShownInFull ? alike.Take(1) : alike;
            foreach (var child in shown)
            {
                Add(node, child, children);
            }

            if (alike.Count() > ShownInFull)
            {
                node.AddNode(new Text($"and {alike.Count() - 1} like it, to {alike.Last().Name}", Styled.Grey));
            }
        }
    }

    private static IEnumerable<ObservedResource> Children(
        ObservedResource resource, ILookup<(string? Type, string? Name), ObservedResource> children) =>
        children[(resource.Type, resource.Name)];

    /// <summary>A resource and all below it, without the numbers of replicas: the same for all replicas of an endpoint.</summary>
    private static string Shape(ObservedResource resource, ILookup<(string? Type, string? Name), ObservedResource> children) =>
        $"{resource.Type} {Number().Replace(resource.Name, Replica)}"
            + $"({string.Join(", ", Children(resource, children).Select(child => Shape(child, children)))})";

    private static Paragraph Label(ObservedResource resource) =>
        Styled.Text((resource.ShortType, Styled.Grey), ($" {resource.Name}", Styled.Plain));

    // The number of a replica in chat-0, chat-0-host-key and chat-0.tls.
    [GeneratedRegex(@"(?<=-)\d+(?=$|[-.])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
