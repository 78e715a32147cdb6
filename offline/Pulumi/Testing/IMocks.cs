using System.Collections.Immutable;

namespace Pulumi.Testing;

/// <summary>A fake of the engine and the providers.</summary>
public interface IMocks
{
    /// <summary>
    /// A resource is declared. Answers with its id and state: a dictionary by the provider's names, arguments, or an output type.
    /// </summary>
    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args);

    /// <summary>A provider's function is called. Answers with the result in the same forms.</summary>
    public Task<object> CallAsync(MockCallArgs args);

    /// <summary>A component, or the stack, registers its outputs.</summary>
    public Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args) => Task.CompletedTask;
}

/// <summary>A resource as a provider would see it: plain values, without what is null or unknown.</summary>
public class MockResourceArgs
{
    public string? Type { get; set; }

    public string? Name { get; set; }

    public ImmutableDictionary<string, object> Inputs { get; set; } = null!;

    /// <summary>URN and id of an explicit provider, <c>urn::id</c>; else empty.</summary>
    public string? Provider { get; set; }

    /// <summary>The id that is imported; else empty.</summary>
    public string? Id { get; set; }
}

/// <summary>A call of a provider's function.</summary>
public class MockCallArgs
{
    public string? Token { get; set; }

    public ImmutableDictionary<string, object> Args { get; set; } = null!;

    public string? Provider { get; set; }
}

/// <summary>The outputs of a component.</summary>
public class MockRegisterResourceOutputsRequest(string urn, ImmutableDictionary<string, Output<object?>> outputs)
{
    public readonly string Urn = urn;

    public readonly ImmutableDictionary<string, Output<object?>> Outputs = outputs;
}

/// <summary>Where the program believes to run. The default is a preview of stack "stack" of project "project".</summary>
public class TestOptions
{
    public string? ProjectName { get; set; }

    public string? StackName { get; set; }

    public string? OrganizationName { get; set; }

    public bool? IsPreview { get; set; }
}
