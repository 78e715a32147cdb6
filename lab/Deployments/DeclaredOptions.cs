using System.Collections.Immutable;
using Infra.Lab.Cloud.Resources;
using Pulumi;
using Pulumi.Utilities;

namespace Infra.Lab.Deployments;

/// <summary>What of a resource's options an engine goes by. A mock is not handed them; a transformation sees them.</summary>
/// <param name="IgnoreChanges">Paths of inputs whose old values count when old and new are compared.</param>
/// <param name="DeleteBeforeReplace">Whether a new one can only follow the old one.</param>
/// <param name="SecretOutputs">Outputs that are secret beside those of the provider.</param>
/// <param name="Trigger">Another value of it is another resource; null: none.</param>
/// <param name="ReplaceOnChanges">Inputs of which any change is another resource.</param>
/// <param name="CreateTimeout">Longest wait for its creation; null: the provider's own.</param>
/// <param name="DeleteTimeout">The same for its deletion.</param>
internal sealed record DeclaredOptions(
    ImmutableArray<string> IgnoreChanges, bool DeleteBeforeReplace, ImmutableArray<string> SecretOutputs, Output<object>? Trigger,
    ImmutableArray<string> ReplaceOnChanges, TimeSpan? CreateTimeout, TimeSpan? DeleteTimeout)
{
    public static readonly DeclaredOptions None = new([], false, [], null, [], null, null);

    public static DeclaredOptions Of(ResourceOptions options)
    {
        var custom = options as CustomResourceOptions;
        return new(
            [.. options.IgnoreChanges],
            custom?.DeleteBeforeReplace ?? false,
            [.. custom?.AdditionalSecretOutputs ?? []],
            options.ReplacementTrigger is { } trigger ? trigger.ToOutput() : null,
            [.. options.ReplaceOnChanges],
            options.CustomTimeouts?.Create,
            options.CustomTimeouts?.Delete);
    }

    /// <summary>Value of the trigger as JSON. The SDK registers a resource only when it is known, so that nothing waits here for long.</summary>
    public async Task<string?> TriggerValueAsync() =>
        Trigger is null || await OutputUtilities.GetValueAsync(Trigger) is not { } value ? null : PropertyJson.Canonical(value);
}
