using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Infra.Lab.Benches;

/// <summary>Requests to an API, and how long they take.</summary>
internal sealed class ApiLoad : IDisposable
{
    private readonly HttpClient _http;

    public ApiLoad(Uri address, string token, int clients)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients }) { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends the same request again and again.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="clients">Requests at a time.</param>
    /// <param name="time">For how long.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<ApiSample> ReadAsync(string path, int clients, TimeSpan time, CancellationToken cancel)
    {
        var begun = Stopwatch.GetTimestamp();
        return MeasureAsync(clients, _ => Stopwatch.GetElapsedTime(begun) < time, _ => GetAsync(path, cancel));
    }

    /// <summary>Creates something as often as is asked for.</summary>
    /// <param name="path">Path.</param>
    /// <param name="bodies">The requests.</param>
    /// <param name="clients">Requests at a time.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<ApiSample> CreateAsync(string path, IReadOnlyList<string> bodies, int clients, CancellationToken cancel) =>
        MeasureAsync(clients, index => index < bodies.Count, index => PostAsync(path, bodies[index], cancel));

    public async Task<byte[]> GetAsync(string path, CancellationToken cancel)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancel);
    }

    public async Task<JsonNode> ReadJsonAsync(string path, CancellationToken cancel) => JsonNode.Parse(await GetAsync(path, cancel))!;

    public async Task<byte[]> PostAsync(string path, string body, CancellationToken cancel)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancel);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<ApiSample> MeasureAsync(int clients, Func<int, bool> goesOn, Func<int, Task> request)
    {
        var next = -1;
        var begun = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            for (var index = Interlocked.Increment(ref next); goesOn(index); index = Interlocked.Increment(ref next))
            {
                var sent = Stopwatch.GetTimestamp();
                await request(index);
                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return mine;
        })));
        return new(Stopwatch.GetElapsedTime(begun).TotalSeconds, [.. times.SelectMany(time => time)]);
    }
}
