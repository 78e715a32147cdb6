using System.Collections.Immutable;
using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Deployments;

/// <summary>
/// What is deleted with a resource that goes before its successor comes: whoever has its id in an input of which a change makes another
/// resource (pulumi 1b594989, <c>calculateDependentReplacements</c>). Here those are inputs that the program says so of; what the provider
/// says so of, as a VPC's Droplets, is replaced when its own turn comes.
/// </summary>
internal static class Dependents
{
    public static bool GoesWith(CloudResource other, CloudResource gone) =>
        gone.Id is { } id && other.ReplaceOnChanges.Any(input => Holds(other.Inputs.GetValueOrDefault(input), id));

    private static bool Holds(object? value, string id) => value switch
    {
        string text => text == id,
        ImmutableArray<object> items => items.Any(item => Holds(item, id)),
        _ => false,
    };
}
