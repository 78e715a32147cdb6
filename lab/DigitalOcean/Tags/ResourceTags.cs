using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Lab.DigitalOcean.Tags;

/// <summary>What DigitalOcean does with tags, and refuses.</summary>
internal static partial class ResourceTags
{
    private static readonly string[] s_types = ["droplet", "image", "volume", "volume_snapshot"];

    /// <summary>Creating a tag that exists already changes nothing.</summary>
    public static Tag Create(AccountChange change, TagRequest request)
    {
        if (request.Name is not { } name || !Valid().IsMatch(name))
        {
            throw ApiError.BadRequestWithRootCauses(
                $"Error validating resource tag: \"tag-name \\\"{request.Name}\\\" contains invalid characters\"");
        }
        return Ensure(change, name);
    }

    /// <summary>The tags of a new resource; those that do not exist are created.</summary>
    /// <param name="change">The change.</param>
    /// <param name="names">Names as given; null: none.</param>
    /// <param name="type">See <see cref="ITagged.TaggedType"/>.</param>
    /// <param name="key">Key of the resource.</param>
    /// <exception cref="ApiError">422: a name is invalid.</exception>
    public static ImmutableArray<string> Given(AccountChange change, IReadOnlyList<string?>? names, string type, string key)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names ?? [])
        {
            if (name is null || !Valid().IsMatch(name))
            {
                throw ApiError.Unprocessable($"tag-name \"{name}\" contains invalid characters");
            }
            var tag = Ensure(change, name);
            change.Put(tag with { LastTagged = tag.LastTagged.SetItem(type, key) });
            if (!tags.Contains(tag.Name))
            {
                tags.Add(tag.Name);
            }
        }
        return tags.ToImmutable();
    }

    /// <summary>Gives a tag to resources, or takes it.</summary>
    /// <param name="change">The change.</param>
    /// <param name="name">Name of the tag.</param>
    /// <param name="request">The resources.</param>
    /// <param name="given">Whether they get it.</param>
    public static void Assign(AccountChange change, string name, TagResourcesRequest request, bool given)
    {
        var tag = change.Get<Tag>(Tag.KeyOf(name));
        foreach (var wanted in request.Resources ?? throw ApiError.Unprocessable("resources is required"))
        {
            if (wanted?.ResourceType is not { } type || !s_types.Contains(type))
            {
                throw ApiError.Unprocessable($"resource_type must be one of {string.Join(", ", s_types)}");
            }
            var resource = change.State.AllOf<ITagged>().FirstOrDefault(one => one.TaggedType == type && one.Key == wanted.ResourceId)
                ?? throw ApiError.NotFound();
            if (given && !Has(resource, tag.Name))
            {
                change.Put(resource.WithTags(resource.Tags.Add(tag.Name)));
            }
            else if (!given)
            {
                change.Put(Without(resource, tag.Name));
            }
            if (given)
            {
                tag = change.Put(tag with { LastTagged = tag.LastTagged.SetItem(type, resource.Key) });
            }
        }
    }

    /// <summary>Takes the tag from everything that has it, and deletes it.</summary>
    public static void Delete(AccountChange change, string name)
    {
        var tag = change.Get<Tag>(Tag.KeyOf(name));
        foreach (var resource in change.State.AllOf<ITagged>().Where(resource => Has(resource, name)))
        {
            change.Put(Without(resource, name));
        }
        foreach (var user in change.State.AllOf<INamesTags>().Where(user => user.Names(name)))
        {
            change.Put(user.Without(name));
        }
        change.Remove(tag);
    }

    /// <summary>Whether a resource has a tag, whatever the case of its letters.</summary>
    public static bool Has(ITagged resource, string name) => resource.Tags.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static Tag Ensure(AccountChange change, string name) =>
        change.Find<Tag>(Tag.KeyOf(name)) ?? change.Put(new Tag(name, ImmutableDictionary<string, string>.Empty));

    private static ITagged Without(ITagged resource, string name) =>
        resource.WithTags(resource.Tags.RemoveAll(tag => string.Equals(tag, name, StringComparison.OrdinalIgnoreCase)));

    // Specification 2.0, schema tags_base.
    [GeneratedRegex(@"^[a-zA-Z0-9_\-:]{1,255}\z")]
    private static partial Regex Valid();
}
