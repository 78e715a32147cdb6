using System.Collections.Immutable;
using Pulumi.Serialization;

namespace Pulumi;

public sealed partial class Deployment
{
    /// <summary>
    /// Registers a resource when everything that it depends on has been. Returns at once; <paramref name="outputs"/> complete later.
    /// </summary>
    internal void Register(Resource resource, ResourceArgs args, ResourceOptions options, ImmutableArray<PendingOutput> outputs) =>
        _pending.Add(RegisterAsync(resource, args, options, outputs));

    /// <summary>Calls a provider's function, unless its arguments or the resources that it depends on are not known yet.</summary>
    internal async Task<OutputData<T>> InvokeAsync<T>(string token, InvokeArgs args, InvokeOptions? options)
    {
        var inputs = await PlainValue.PropertiesAsync(args.Values()).ConfigureAwait(false);
        var dependencies = await ValueAsync((options as InvokeOutputOptions)?.DependsOn).ConfigureAwait(false);
        HashSet<Resource> resources = [.. dependencies, .. inputs.Values.SelectMany(input => input.Resources)];
        if (inputs.Values.Any(input => !input.IsKnown) || !await HaveIdsAsync(Resource.Expand(resources)).ConfigureAwait(false))
        {
            return OutputData<T>.Unknown;
        }

        var provider = await ReferenceAsync(options?.Provider ?? options?.Parent?.GetProvider(token)).ConfigureAwait(false);
        var answer = await _mocks.CallAsync(new() { Token = token, Args = Present(inputs), Provider = provider }).ConfigureAwait(false);
        var result = await PlainValue.OfAsync(PlainValue.MembersOf(answer)).ConfigureAwait(false);
        var value = OutputConverter.For(typeof(T), $"{token} result")
            .ConvertOrWarn(result.Value, $"{token} result", error => Log.Warn(error));
        return new((T)value!, result.IsKnown, result.IsSecret, result.Resources.Union(resources));
    }

    private async Task RegisterAsync(Resource resource, ResourceArgs args, ResourceOptions options, ImmutableArray<PendingOutput> outputs)
    {
        try
        {
            var inputs = await PlainValue.PropertiesAsync(args.Values()).ConfigureAwait(false);
            await AwaitDependenciesAsync(options, inputs).ConfigureAwait(false);
            var (urn, id, state) = await AnswerAsync(resource, inputs, options).ConfigureAwait(false);
            foreach (var output in outputs)
            {
                Complete(output, resource, urn, id, state);
            }
        }
        catch (Exception exception)
        {
            foreach (var output in outputs)
            {
                output.Fail(exception);
            }

            throw;
        }
    }

    private async Task<(string Urn, string? Id, Dictionary<string, OutputData<object?>> State)> AnswerAsync(
        Resource resource, Dictionary<string, OutputData<object?>> inputs, ResourceOptions options)
    {
        var type = resource.GetResourceType();
        var name = resource.GetResourceName();
        var parent = options.Parent ?? Root;
        if (parent is null)
        {
            return (Urn(type, name), null, []);
        }

        _ = await parent.Urn.Data.ConfigureAwait(false);
        var customOptions = options as CustomResourceOptions;
        var provider = customOptions is null
            ? ""
            : await ReferenceAsync(options.Provider ?? options.Parent?.GetProvider(type)).ConfigureAwait(false);
        var importId = customOptions?.ImportId ?? "";
        lock (_resources)
        {
            _resources.Add(resource);
        }

        var (id, state) = await _mocks.NewResourceAsync(
            new() { Type = type, Name = name, Inputs = Present(inputs), Provider = provider, Id = importId }).ConfigureAwait(false);
        return (
            // Mocks keep only the outermost type of a resource's parents, which is always the stack's.
            Urn($"{Stack.TypeToken}${type}", name),
            id ?? importId,
            await PlainValue.PropertiesAsync(PlainValue.MembersOf(state)).ConfigureAwait(false));
    }

    private void Complete(
        PendingOutput output, Resource resource, string urn, string? id, Dictionary<string, OutputData<object?>> state)
    {
        var context = $"{resource.GetType().FullName}.{output.Name}";
        if (output.Name == "urn")
        {
            output.Complete(OutputData<object?>.Known(urn), context, Ignore);
        }
        else if (output.Name == "id" && resource is CustomResource)
        {
            output.Complete(string.IsNullOrEmpty(id) ? OutputData<object?>.Unknown with { Value = "" } : OutputData<object?>.Known(id),
                context, Ignore);
        }
        else if (state.TryGetValue(output.Name, out var data))
        {
            output.Complete(data, context, error => Log.Warn(error, resource));
        }
        else
        {
            output.CompleteAbsent(isKnown: !IsDryRun);
        }

        static void Ignore(string error)
        {
        }
    }

    private string Urn(string type, string name) => $"urn:pulumi:{StackName}::{ProjectName}::{type}::{name}";

    /// <summary>Dependencies come first: those that the options name, and those whose outputs are among the inputs.</summary>
    private static async Task AwaitDependenciesAsync(ResourceOptions options, Dictionary<string, OutputData<object?>> inputs)
    {
        var named = await ValueAsync(options.DependsOnIfAny).ConfigureAwait(false);
        foreach (var dependency in Resource.Expand(named.Concat(inputs.Values.SelectMany(input => input.Resources))))
        {
            _ = await dependency.Urn.Data.ConfigureAwait(false);
        }

        // An engine would compare it with the last one; here it only has to be a value that an engine could take.
        _ = await PlainValue.OfAsync(options.ReplacementTrigger).ConfigureAwait(false);
    }

    private static async Task<bool> HaveIdsAsync(IEnumerable<CustomResource> resources)
    {
        foreach (var resource in resources)
        {
            if (!(await resource.Id.Data.ConfigureAwait(false)).IsKnown)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<ImmutableArray<Resource>> ValueAsync(InputList<Resource>? resources)
    {
        if (resources is null)
        {
            return [];
        }

        var data = await resources.ToOutput().Data.ConfigureAwait(false);
        return data is { IsKnown: true, Value.IsDefault: false } ? data.Value : [];
    }

    private static async Task<string> ReferenceAsync(ProviderResource? provider)
    {
        if (provider is null)
        {
            return "";
        }

        var urn = await provider.Urn.Data.ConfigureAwait(false);
        var id = await provider.Id.Data.ConfigureAwait(false);
        return $"{urn.Value}::{(id.IsKnown ? id.Value : PlainValue.UnknownSentinel)}";
    }

    private static ImmutableDictionary<string, object> Present(Dictionary<string, OutputData<object?>> values) =>
        values.Where(value => value.Value is { IsKnown: true, Value: not null })
            .ToImmutableDictionary(value => value.Key, value => value.Value.Value!);
}
