using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>Volumes, their actions and snapshots over HTTP.</summary>
internal static class VolumeRoutes
{
    private const string All = "/v2/volumes";
    private const string Id = "volume_id";
    private const string One = $"{All}/{{{Id}}}";
    private const string SnapshotId = "snapshot_id";
    private const string OneSnapshot = $"{All}/snapshots/{{{SnapshotId}}}";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "block_storage:read", null, request =>
        {
            var (name, region) = (request.Query("name"), request.Query("region"));
            return request.Page(
                "volumes", [.. account.State.All<Volume>().Where(volume => (name is null || volume.Name == name)
                    && (region is null || volume.Region == region))], volume => volume.View(account.Settings));
        }),
        new("POST", All, "block_storage:create", null, request =>
        {
            var body = request.Body<VolumeRequest>();
            return ApiAnswer.Created(Answer(account, account.Change(change => Volumes.Create(change, body))));
        }),
        new("DELETE", All, "block_storage:delete", null, request =>
        {
            account.Change(change => Volumes.DeleteNamed(change, request.Query("name"), request.Query("region")));
            return ApiAnswer.NoContent;
        }),
        new("POST", $"{All}/actions", "block_storage_action:create", null, request =>
        {
            var body = request.Body<VolumeActionRequest>();
            return ApiAnswer.Accepted(Answer(account, account.Change(change => VolumeActions.BeginNamed(change, body))));
        }),
        new("GET", One, "block_storage:read", null, request =>
            ApiAnswer.Ok(Answer(account, account.State.Get<Volume>(request.Route(Id))))),
        new("DELETE", One, "block_storage:delete", null, request =>
        {
            account.Change(change => Volumes.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
        new("GET", $"{One}/actions", "block_storage_action:read", null, request =>
            request.Page("actions", VolumeActions.Of(account.State, request.Route(Id)), action => action.View(account.Settings))),
        new("POST", $"{One}/actions", "block_storage_action:create", null, request =>
        {
            var body = request.Body<VolumeActionRequest>();
            return ApiAnswer.Accepted(Answer(account, account.Change(change => VolumeActions.Begin(change, request.Route(Id), body))));
        }),
        new("GET", $"{One}/actions/{{action_id}}", "block_storage_action:read", null, request =>
            ApiAnswer.Ok(Answer(account, VolumeActions.Get(account.State, request.Route(Id), request.RouteNumber("action_id"))))),
        new("GET", $"{One}/snapshots", "block_storage_snapshot:read", null, request =>
        {
            var volume = account.State.Get<Volume>(request.Route(Id));
            return request.Page("snapshots", [.. account.State.All<VolumeSnapshot>().Where(snapshot => snapshot.VolumeId == volume.Id)],
                snapshot => snapshot.View());
        }),
        new("POST", $"{One}/snapshots", "block_storage_snapshot:create", null, request =>
        {
            var body = request.Body<VolumeSnapshotRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => Volumes.TakeSnapshot(change, request.Route(Id), body))));
        }),
        new("GET", OneSnapshot, "block_storage_snapshot:read", null, request =>
            ApiAnswer.Ok(Answer(account.State.Get<VolumeSnapshot>(request.Route(SnapshotId))))),
        new("DELETE", OneSnapshot, "block_storage_snapshot:delete", null, request =>
        {
            account.Change(change => Volumes.DeleteSnapshot(change, request.Route(SnapshotId)));
            return ApiAnswer.NoContent;
        }),
    ];

    private static object Answer(CloudAccount account, Volume volume) => new { Volume = volume.View(account.Settings) };

    private static object Answer(CloudAccount account, AccountAction action) => new { Action = action.View(account.Settings) };

    private static object Answer(VolumeSnapshot snapshot) => new { Snapshot = snapshot.View() };
}
