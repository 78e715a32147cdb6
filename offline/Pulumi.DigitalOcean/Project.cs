using System.Collections.Immutable;

namespace Pulumi.DigitalOcean;

/// <summary>Resource <c>digitalocean:index/project:Project</c>.</summary>
public class Project : CustomResource
{
    public Project(string name, ProjectArgs? args = null, CustomResourceOptions? options = null)
        : base("digitalocean:index/project:Project", name, args ?? new ProjectArgs(), ProviderDefaults.AddTo(options))
    {
    }

    [Output("createdAt")]
    public Output<string> CreatedAt { get; private set; } = null!;

    [Output("description")]
    public Output<string?> Description { get; private set; } = null!;

    [Output("environment")]
    public Output<string?> Environment { get; private set; } = null!;

    [Output("isDefault")]
    public Output<bool?> IsDefault { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("ownerId")]
    public Output<int> OwnerId { get; private set; } = null!;

    [Output("ownerUuid")]
    public Output<string> OwnerUuid { get; private set; } = null!;

    [Output("purpose")]
    public Output<string?> Purpose { get; private set; } = null!;

    [Output("resources")]
    public Output<ImmutableArray<string>> Resources { get; private set; } = null!;

    [Output("updatedAt")]
    public Output<string> UpdatedAt { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="Project"/>.</summary>
public sealed class ProjectArgs : ResourceArgs
{
    [Input("description")]
    public Input<string>? Description { get; set; }

    [Input("environment")]
    public Input<string>? Environment { get; set; }

    [Input("isDefault")]
    public Input<bool>? IsDefault { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("purpose")]
    public Input<string>? Purpose { get; set; }

    [field: Input("resources")]
    public InputList<string> Resources { get => field ??= []; set; }
}
