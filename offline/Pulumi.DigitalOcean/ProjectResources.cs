using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/projectResources:ProjectResources</c>.</summary>
public class ProjectResources : CustomResource
{
    public ProjectResources(string name, ProjectResourcesArgs args, CustomResourceOptions? options = null)
        : base(
            "digitalocean:index/projectResources:ProjectResources", name, args ?? new ProjectResourcesArgs(),
            ProviderDefaults.AddTo(options))
    {
    }

    [Output("project")]
    public Output<string> Project { get; private set; } = null!;

    [Output("resources")]
    public Output<ImmutableArray<string>> Resources { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="ProjectResources"/>.</summary>
public sealed class ProjectResourcesArgs : ResourceArgs
{
    [Input("project", required: true)]
    public Input<string> Project { get; set; } = null!;

    [field: Input("resources", required: true)]
    public InputList<string> Resources { get => field ??= []; set; }
}
