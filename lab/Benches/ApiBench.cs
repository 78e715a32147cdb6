using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.Host;
using Infra.Planning.Catalog;

namespace Infra.Lab.Benches;

/// <summary>
/// DigitalOcean's API on this machine without servers: an account with its records on disk, next to a server that only sends the same
/// bytes. Both are in this process, as are their clients.
/// </summary>
internal static class ApiBench
{
    /// <summary>Droplets that are created one by one, to see when each is active.</summary>
    private const int SingleCreations = 20;

    private const int WholeLists = 5;
    private const string All = "/v2/droplets";
    private const int LargestPage = 200;

    /// <param name="droplets">Droplets of the account, created by all clients at once.</param>
    /// <param name="clients">Requests at a time.</param>
    /// <param name="seconds">Length of each measurement.</param>
    /// <param name="rounds">Measurements of each kind.</param>
    /// <param name="print">Receives the progress.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ApiReport> RunAsync(
        int droplets, int clients, int seconds, int rounds, Action<string> print, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("infra-bench-");
        try
        {
            using var store = AccountStore.Open(Path.Combine(folder.FullName, "account.db"));
            using var account = new CloudAccount(store, new AccountSettings
            {
                Catalog = ModelCatalog.Load(),
                // Each round of creations adds some.
                DropletLimit = int.MaxValue,
            }, TimeProvider.System);
            var token = account.Change(change => ApiToken.Create(change, "bench", []));
            await using var api = await RunningApi.StartAsync(
                account, new NoServers([]), [new IPEndPoint(IPAddress.Loopback, 0)], certificate: null);
            using var load = new ApiLoad(api.Address, token, clients);
            var load1 = Samples.Load();

            print($"{droplets} Droplets, {clients} at a time ...");
            await load.CreateAsync(All, Names(0, droplets), clients, cancel);
            await account.UntilAsync(state => state.All<Work>().Count == 0, cancel);
            await CheckAsync(load, account, droplets, cancel);

            using var written = AccountStore.Open(Path.Combine(folder.FullName, "bare.db"));
            var one = $"{All}/{account.State.All<Droplet>()[droplets / 2].Key}";
            var answers = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            string[] reads = [one, All, $"{All}?per_page={LargestPage}", "/v2/account"];
            foreach (var path in reads)
            {
                answers[path] = await load.GetAsync(path, cancel);
            }
            var created = await load.PostAsync(All, Names(droplets, 1)[0], cancel);
            await using var bare = await BareApi.StartAsync(written, account.State, Written(account.State, created),
                answers.Append(new(All, created)).DistinctBy(answer => answer.Key).ToDictionary(StringComparer.Ordinal));
            using var bareLoad = new ApiLoad(bare.Address, token, clients);

            var rows = new List<ApiRow>();
            foreach (var path in reads)
            {
                var (ours, theirs) = (new List<ApiSample>(), new List<ApiSample>());
                for (var round = 0; round <= rounds; round++)
                {
                    theirs.Add(await bareLoad.ReadAsync(path, clients, TimeSpan.FromSeconds(seconds), cancel));
                    ours.Add(await load.ReadAsync(path, clients, TimeSpan.FromSeconds(seconds), cancel));
                }
                Add($"GET {(path == one ? $"{All}/ID" : path)}", answers[path].Length, ours, theirs);
            }

            var toActive = await CreateToActiveAsync(load, droplets + 1, cancel);
            var whole = await WholeListAsync(load, cancel);

            var (creations, writes) = (new List<ApiSample>(), new List<ApiSample>());
            for (var round = 0; round <= rounds; round++)
            {
                var names = Names(2 * droplets + (round * LargestPage), LargestPage);
                writes.Add(await bareLoad.CreateAsync(All, names, clients, cancel));
                creations.Add(await load.CreateAsync(All, names, clients, cancel));
            }
            Add($"POST {All}", created.Length, creations, writes);
            await account.UntilAsync(state => state.All<Work>().Count == 0, cancel);
            await CheckAsync(load, account, droplets + 1 + SingleCreations + ((rounds + 1) * LargestPage), cancel);
            return new(droplets, clients, rounds, [load1, Samples.Load()], toActive, whole, rows);

            void Add(string name, int bytes, List<ApiSample> ours, List<ApiSample> theirs)
            {
                // The first of each compiles.
                rows.Add(ApiRow.Of(name, bytes, ours[1..], theirs[1..]));
                print(string.Create(CultureInfo.InvariantCulture,
                    $"{name}: {rows[^1].Api.RequestsPerSecond:0} requests/s, {rows[^1].Ratio:0.0} times the bare server's time"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<string> Names(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(number => new JsonObject
        {
            ["name"] = $"bench-{number}",
            ["region"] = "tor1",
            ["size"] = "s-1vcpu-1gb",
            ["image"] = "debian-13-x64",
            ["tags"] = new JsonArray("bench"),
        }.ToJsonString()),
    ];

    /// <summary>What the creation of a Droplet writes: itself, its action, its work.</summary>
    private static IReadOnlyCollection<IRecord> Written(AccountState state, byte[] created)
    {
        var id = (long)JsonNode.Parse(created)!["droplet"]!["id"]!;
        var action = state.All<AccountAction>()[^1];
        return [state.Get<Droplet>(Droplet.KeyOf(id)), action, state.All<NumberSequence>()[0]];
    }

    private static async Task<double> CreateToActiveAsync(ApiLoad load, int first, CancellationToken cancel)
    {
        var times = new List<double>();
        foreach (var body in Names(first, SingleCreations))
        {
            var sent = Stopwatch.GetTimestamp();
            var id = (long)JsonNode.Parse(await load.PostAsync(All, body, cancel))!["droplet"]!["id"]!;
            while ((string?)(await load.ReadJsonAsync($"{All}/{id}", cancel))["droplet"]!["status"] != Droplet.Active)
            {
                cancel.ThrowIfCancellationRequested();
            }
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        return Math.Round(Samples.Median(times), 2);
    }

    private static async Task<double> WholeListAsync(ApiLoad load, CancellationToken cancel)
    {
        var times = new List<double>();
        for (var round = 0; round < WholeLists; round++)
        {
            var sent = Stopwatch.GetTimestamp();
            await ListAsync(load, cancel);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        return Math.Round(Samples.Median(times), 2);
    }

    /// <summary>Ids of all Droplets, by the links of the pages.</summary>
    private static async Task<IReadOnlyList<long>> ListAsync(ApiLoad load, CancellationToken cancel)
    {
        var ids = new List<long>();
        for (var next = $"{All}?per_page={LargestPage}"; next is not null;)
        {
            var page = await load.ReadJsonAsync(next, cancel);
            ids.AddRange(page["droplets"]!.AsArray().Select(droplet => (long)droplet!["id"]!));
            next = (string?)page["links"]!["pages"]?["next"] is { } link ? new Uri(link).PathAndQuery : null;
        }
        return ids;
    }

    /// <summary>Measurements of an account that has lost something are of no use.</summary>
    private static async Task CheckAsync(ApiLoad load, CloudAccount account, int wanted, CancellationToken cancel)
    {
        var ids = await ListAsync(load, cancel);
        var addresses = account.State.All<Droplet>().Select(droplet => droplet.VpcAddress).Distinct(StringComparer.Ordinal).Count();
        if (ids.Count != wanted || ids.Distinct().Count() != wanted || addresses != wanted)
        {
            throw new InvalidOperationException($"{wanted} Droplets were created; the list has {ids.Count}, "
                + $"{ids.Distinct().Count()} of them different, and there are {addresses} addresses");
        }
    }
}
