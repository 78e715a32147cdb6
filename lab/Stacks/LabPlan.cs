using Infra.Lab.Host;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Stacks;

/// <summary>
/// The only differences between user data in the lab and in the cloud: the digest of the engine image, which is the fake engine's, and the
/// checksums of the weights, which are those of the small weights, so that every lab node compares its weights with a catalog.
/// </summary>
internal static class LabPlan
{
    /// <summary>The plan with the images and weights of the lab's mirrors.</summary>
    /// <param name="plan">The plan of the stack.</param>
    /// <param name="content">The content of the mirrors.</param>
    public static StackPlan In(StackPlan plan, MirrorContent content) => plan with
    {
        Endpoints = [.. plan.Endpoints.Select(endpoint => In(endpoint, content))],
    };

    private static EndpointPlan In(EndpointPlan endpoint, MirrorContent content)
    {
        var model = endpoint.Placement.Model with { Checksums = content.Checksums[endpoint.Placement.Model.Id] };
        return endpoint with
        {
            Placement = endpoint.Placement with { Engine = In(endpoint.Placement.Engine, content.Digests), Model = model },
            Checksums = WeightsChecksums.Of(model, endpoint.Revision),
        };
    }

    private static EngineRelease In(EngineRelease engine, IReadOnlyDictionary<string, string> digests) => engine with
    {
        Images = engine.Images.ToDictionary(image => image.Key,
            image => digests.TryGetValue(MirrorContent.ImageKey(image.Value.Repository, engine.Version), out var digest)
            ? image.Value with { Digest = digest }
            : image.Value),
    };
}
