using System.Collections.Immutable;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>
/// Resources that are deleted together with a resource that is deleted before its replacement: those with its id in an input whose change
/// replaces them (pulumi 1b594989, <c>calculateDependentReplacements</c>). Only inputs that the program declares so; dependents by the
/// provider's rules, such as a VPC's Droplets, are replaced in their own turn.
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
