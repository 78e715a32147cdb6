using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>Deletes everything of an account with ordinary requests.</summary>
internal static class AccountEmptying
{
    /// <summary>Lists, their members and the member that names one; what others refer to comes later.</summary>
    private static readonly (string Path, string Member, string Id)[] s_lists =
    [
        ("/v2/droplets", "droplets", "id"), ("/v2/load_balancers", "load_balancers", "id"), ("/v2/firewalls", "firewalls", "id"),
        ("/v2/volumes", "volumes", "id"), ("/v2/snapshots", "snapshots", "id"), ("/v2/certificates", "certificates", "id"),
        ("/v2/domains", "domains", "name"), ("/v2/account/keys", "ssh_keys", "id"), ("/v2/tags", "tags", "name"),
        ("/v2/vpcs", "vpcs", "id"),
        ("/v2/projects", "projects", "id"), ("/v2/monitoring/alerts", "policies", "uuid"), ("/v2/uptime/checks", "checks", "id"),
    ];

    /// <returns>What is left; empty: nothing.</returns>
    public static async Task<IReadOnlyList<string>> EmptyAsync(ApiClient api)
    {
        await api.SettleAsync();
        // A Volume is free, and a VPC empty, after the Droplets are gone.
        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var (path, _, id) in s_lists)
            {
                foreach (var one in await ListAsync(api, path))
                {
                    await api.DeleteAsync($"{path}/{Uri.EscapeDataString(one[id]!.ToString())}");
                }
                await api.SettleAsync();
            }
        }
        var left = new List<string>();
        foreach (var (path, _, id) in s_lists)
        {
            left.AddRange((await ListAsync(api, path)).Select(one => $"{path}/{one[id]}"));
        }
        return left;
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(ApiClient api, string path)
    {
        var member = s_lists.First(list => list.Path == path).Member;
        string[] queries = path == "/v2/droplets" ? ["?per_page=200", "?per_page=200&type=gpus"] : ["?per_page=200"];
        var all = new List<JsonNode>();
        foreach (var query in queries)
        {
            var answer = await api.GetAsync(path + query);
            all.AddRange(answer.Body?[member]?.AsArray().Select(one => one!) ?? []);
        }
        // The default VPC and project of an account stay.
        return [.. all.Where(one => (bool?)(one["default"] ?? one["is_default"]) != true)];
    }
}
