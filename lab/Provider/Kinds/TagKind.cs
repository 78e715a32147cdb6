using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Tags;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Tags: names by which firewalls and load balancers select Droplets.</summary>
internal sealed partial class TagKind : DigitalOceanKind
{
    public override string Type => Types.Tag;

    protected override string ReadFailure => "Error retrieving tag";

    public override bool IsInNetworks => true;

    public override bool ReplacedBy(string input) => true;

    public override void Check(CloudResource? before, CloudResource after) => InputChecks.Of(after).TagNames([after.CloudName], "name");

    // Creating an existing tag is no error: the id is the name.
    public override ProviderRequest Create(CloudResource resource) => new("Error creating tag", "POST", "tags",
        (change, known) => known with { Id = ResourceTags.Create(change, new(known.CloudName)).Name });

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting tag", "DELETE", $"tags/{resource.Id}", change => ResourceTags.Delete(change, resource.Id!));

    public override CloudResource? Read(AccountState state, CloudResource resource) =>
        resource.Id is { } id && state.Find<Tag>(Tag.KeyOf(id)) is not null ? resource : null;

    /// <summary>Whether the provider takes it for the name of a tag.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    /// <summary>The request that gives or takes the next tag of a resource; null: it has those that it should have.</summary>
    /// <param name="wanted">The tags that it should have.</param>
    /// <param name="has">The resource as it is.</param>
    public static ProviderRequest? Next(IReadOnlyList<string> wanted, ITagged has)
    {
        if (has.Tags.FirstOrDefault(tag => !wanted.Contains(tag, StringComparer.OrdinalIgnoreCase)) is { } surplus)
        {
            return Assign("DELETE", surplus, given: false);
        }
        return wanted.FirstOrDefault(tag => !ResourceTags.Has(has, tag)) is { } missing ? Assign("POST", missing, given: true) : null;

        ProviderRequest Assign(string method, string tag, bool given) =>
            ProviderRequest.Of("Error updating tags", method, $"tags/{tag}/resources", change =>
            {
                if (given)
                {
                    ResourceTags.Create(change, new(tag));
                }
                ResourceTags.Assign(change, tag, new([new(has.Key, has.TaggedType)]), given);
            });
    }

    [GeneratedRegex(@"^[a-zA-Z0-9:\-_]{1,255}\z")]
    private static partial Regex Name();
}
