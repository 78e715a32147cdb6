using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.DigitalOcean.Tags;

namespace Infra.Lab.DigitalOcean.Images;

/// <summary>Images over HTTP.</summary>
internal static class ImageRoutes
{
    private const string All = "/v2/images";
    private const string Id = "image_id";
    private const string One = $"{All}/{{{Id}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "image:read", "Images of GPU Droplets and five releases; no applications.", request =>
            request.Page("images", [.. CloudImages.All(account.State).Where(Filter(request))], image => image.View())),
        new("POST", All, "image:create", "An import always fails: its status becomes deleted.", request =>
        {
            var body = request.Body<ImageRequest>();
            return ApiAnswer.Accepted(Answer(account.Change(change => CloudImages.CreateCustom(change, body))));
        }),
        new("GET", One, "image:read", null, request => ApiAnswer.Ok(Answer(CloudImages.Get(account.State, request.Route(Id))))),
        new("PUT", One, "image:update", null, request =>
        {
            var body = request.Body<ImageRequest>();
            return ApiAnswer.Ok(Answer(account.Change(change => CloudImages.Update(change, request.Route(Id), body))));
        }),
        new("DELETE", One, "image:delete", null, request =>
        {
            account.Change(change => CloudImages.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
        new("GET", $"{One}/actions", "image:read", null, request =>
            request.Page("actions", CloudImages.Actions(account.State, request.Route(Id)), action => action.View(account.Settings))),
        new("POST", $"{One}/actions", "image:update", null, request =>
        {
            var body = request.Body<ImageActionRequest>();
            return ApiAnswer.Created(Answer(account, account.Change(change => CloudImages.Act(change, request.Route(Id), body))));
        }),
        new("GET", $"{One}/actions/{{action_id}}", "image:read", null, request =>
            ApiAnswer.Ok(Answer(account, CloudImages.Action(account.State, request.Route(Id), request.RouteNumber("action_id"))))),
    ];

    private static object Answer(CloudImage image) => new { Image = image.View() };

    private static object Answer(CloudAccount account, AccountAction action) => new { Action = action.View(account.Settings) };

    private static Func<CloudImage, bool> Filter(ApiRequest request)
    {
        var (type, own, tag) = (request.Query("type"), request.Query("private"), request.Query("tag_name"));
        return image => type switch
        {
            null or "" => true,
            "distribution" => image.IsPublic,
            _ => false,
        } && (own != "true" || !image.IsPublic) && (tag is null || ResourceTags.Has(image, tag));
    }
}
