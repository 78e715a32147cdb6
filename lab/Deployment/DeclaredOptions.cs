using System.Collections.Immutable;
using Infra.Lab.Provider.Resources;
using Pulumi;
using Pulumi.Utilities;

namespace Infra.Lab.Deployment;

/// <summary>The resource options that affect the engine. Mocks do not receive them; a transformation does.</summary>
/// <param name="IgnoreChanges">Paths of inputs whose changes are ignored.</param>
/// <param name="DeleteBeforeReplace">Whether the old resource must be deleted first; null: as the provider says.</param>
/// <param name="SecretOutputs">Secret outputs besides those of the provider.</param>
/// <param name="Trigger">A changed value replaces the resource; null: none.</param>
/// <param name="ReplaceOnChanges">Inputs whose change replaces the resource.</param>
/// <param name="CreateTimeout">Timeout of its creation; null: the provider's.</param>
/// <param name="DeleteTimeout">The same for its deletion.</param>
internal sealed record DeclaredOptions(
    ImmutableArray<string> IgnoreChanges, bool? DeleteBeforeReplace, ImmutableArray<string> SecretOutputs, Output<object>? Trigger,
    ImmutableArray<string> ReplaceOnChanges, TimeSpan? CreateTimeout, TimeSpan? DeleteTimeout)
{
    public static readonly DeclaredOptions None = new([], null, [], null, [], null, null);

    public static DeclaredOptions Of(ResourceOptions options)
    {
        var custom = options as CustomResourceOptions;
        return new(
            [.. options.IgnoreChanges],
            custom?.DeleteBeforeReplace,
            [.. custom?.AdditionalSecretOutputs ?? []],
            options.ReplacementTrigger is { } trigger ? trigger.ToOutput() : null,
            [.. options.ReplaceOnChanges],
            options.CustomTimeouts?.Create,
            options.CustomTimeouts?.Delete);
    }

    /// <summary>Value of the trigger as JSON. The SDK registers a resource only when it is known, so this does not wait long.</summary>
    public async Task<string?> TriggerValueAsync() =>
        Trigger is null || await OutputUtilities.GetValueAsync(Trigger) is not { } value ? null : PropertyJson.Canonical(value);
}
