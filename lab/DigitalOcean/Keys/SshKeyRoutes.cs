using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Keys;

/// <summary>SSH keys over HTTP.</summary>
internal static class SshKeyRoutes
{
    private const string All = "/v2/account/keys";
    private const string Id = "ssh_key_identifier";
    private const string One = $"{All}/{{{Id}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "ssh_key:read", null, request => request.Page("ssh_keys", account.State.All<SshKey>(), View)),
        new("POST", All, "ssh_key:create", null, request =>
        {
            var body = request.Body<SshKeyRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => SshKeys.Create(change, body))));
        }),
        new("GET", One, "ssh_key:read", null, request => ApiAnswer.Ok(Answer(SshKeys.Get(account.State, request.Route(Id))))),
        new("PUT", One, "ssh_key:update", null, request =>
        {
            var body = request.Body<SshKeyRequest>();
            return ApiAnswer.Ok(Answer(account.Change(change => SshKeys.Rename(change, request.Route(Id), body))));
        }),
        new("DELETE", One, "ssh_key:delete", null, request =>
        {
            account.Change(change => SshKeys.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
    ];

    private static object Answer(SshKey key) => new { SshKey = View(key) };

    private static object View(SshKey key) => new { key.Id, key.Fingerprint, key.PublicKey, key.Name };
}
