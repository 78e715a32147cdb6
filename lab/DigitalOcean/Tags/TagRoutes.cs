using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Tags;

/// <summary>Tags over HTTP.</summary>
internal static class TagRoutes
{
    private const string All = "/v2/tags";
    private const string Id = "tag_id";
    private const string One = $"{All}/{{{Id}}}";

    /// <summary>Types of resources: the member of the answer, and the part of the path.</summary>
    private static readonly (string Type, string Path)[] s_types =
    [
        ("droplet", "droplets"), ("image", "images"), ("volume", "volumes"), ("volume_snapshot", "volume_snapshots"),
        ("database", "databases"),
    ];

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "tag:read", null, request =>
        {
            var state = account.State;
            var uses = Uses(state);
            return request.Page("tags", state.All<Tag>(), tag => View(tag, uses));
        }),
        new("POST", All, "tag:create", null, request =>
        {
            var body = request.Body<TagRequest>(ApiError.BadRequestWithRootCauses);
            return ApiAnswer.Created(Answer(account, account.Change(change => ResourceTags.Create(change, body))));
        }),
        new("GET", One, "tag:read", null, request =>
            ApiAnswer.Ok(Answer(account, account.State.Get<Tag>(Tag.KeyOf(request.Route(Id)))))),
        new("DELETE", One, "tag:delete", null, request =>
        {
            account.Change(change => ResourceTags.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
        new("POST", $"{One}/resources", "tag:create", null, request => Assign(account, request, given: true)),
        new("DELETE", $"{One}/resources", "tag:delete", null, request => Assign(account, request, given: false)),
    ];

    private static ApiAnswer Assign(CloudAccount account, ApiRequest request, bool given)
    {
        var body = request.Body<TagResourcesRequest>();
        account.Change(change => ResourceTags.Assign(change, request.Route(Id), body, given));
        return ApiAnswer.NoContent;
    }

    private static object Answer(CloudAccount account, Tag tag) => new { Tag = View(tag, Uses(account.State)) };

    /// <summary>Tagged resources by the key of the tag, in order of creation.</summary>
    private static ILookup<string, ITagged> Uses(AccountState state) => state.AllOf<ITagged>()
        .SelectMany(resource => resource.Tags, (resource, tag) => (resource, Key: Tag.KeyOf(tag)))
        .ToLookup(use => use.Key, use => use.resource, StringComparer.Ordinal);

    private static object View(Tag tag, ILookup<string, ITagged> uses)
    {
        var resources = uses[tag.Key].ToLookup(resource => resource.TaggedType, StringComparer.Ordinal);
        var view = Statistics([.. uses[tag.Key]], null);
        foreach (var (type, path) in s_types)
        {
            view[path] = Statistics([.. resources[type]], Last(type));
        }
        return new { tag.Name, Resources = view };

        ITagged? Last(string type) => tag.LastTagged.GetValueOrDefault(type) is { } key
            ? resources[type].FirstOrDefault(resource => resource.Key == key) ?? resources[type].LastOrDefault()
            : resources[type].LastOrDefault();
    }

    private static Dictionary<string, object> Statistics(IReadOnlyList<ITagged> resources, ITagged? last)
    {
        var statistics = new Dictionary<string, object> { ["count"] = resources.Count };
        if (resources is [.., var newest] && (last ?? newest) is var resource)
        {
            statistics["last_tagged_uri"] =
                $"https://api.digitalocean.com/v2/{s_types.First(type => type.Type == resource.TaggedType).Path}/{resource.Key}";
        }
        return statistics;
    }
}
