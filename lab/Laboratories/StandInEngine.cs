using Infra.Components.Catalog;
using Infra.Components.Planning;
using Infra.Lab.Machines;

namespace Infra.Lab.Laboratories;

/// <summary>The one thing in which a laboratory's user data differs from the cloud's: the digest of the engine's image, which is the stand-in's.</summary>
internal static class StandInEngine
{
    /// <summary>The plan with the images that the laboratory's registry has.</summary>
    /// <param name="plan">What the stack decided.</param>
    /// <param name="digests">Digest by <see cref="MirrorContent.ImageKey"/>.</param>
    public static StackPlan In(StackPlan plan, IReadOnlyDictionary<string, string> digests) => plan with
    {
        Endpoints = [.. plan.Endpoints.Select(endpoint => endpoint with
        {
            Placement = endpoint.Placement with { Engine = In(endpoint.Placement.Engine, digests) },
        })],
    };

    private static EngineRelease In(EngineRelease engine, IReadOnlyDictionary<string, string> digests) => engine with
    {
        Images = engine.Images.ToDictionary(image => image.Key, image => digests.TryGetValue(MirrorContent.ImageKey(image.Value.Repository, engine.Version), out var digest)
            ? image.Value with { Digest = digest }
            : image.Value),
    };
}
