namespace Infra.Lab.Benches;

/// <summary>Output of <c>bench api --json</c>.</summary>
/// <param name="Droplets">Droplets of the account.</param>
/// <param name="Clients">Requests at a time.</param>
/// <param name="Rounds">Measurements of each kind, of the API and of the bare server, alternating.</param>
/// <param name="Load">Load average of this machine over a minute, at start and end.</param>
/// <param name="CreateToActiveMs">
/// One client, on the account with all Droplets: milliseconds from the request that creates a Droplet to the answer that shows it
/// active. Median.
/// </param>
/// <param name="WholeListMs">Milliseconds of one client for the list of all Droplets, page by page. Median.</param>
/// <param name="Rows">By kind of request.</param>
internal sealed record ApiReport(
    int Droplets, int Clients, int Rounds, IReadOnlyList<double> Load, double CreateToActiveMs, double WholeListMs,
    IReadOnlyList<ApiRow> Rows);

/// <param name="Request">The kind of request.</param>
/// <param name="Bytes">Length of an answer.</param>
/// <param name="Api">The API.</param>
/// <param name="Bare">A server that sends the same bytes; for creations, after it has written the same records.</param>
/// <param name="Ratio">Time of a request to the API, divided by that to the bare server.</param>
internal sealed record ApiRow(string Request, int Bytes, ApiSide Api, ApiSide Bare, double Ratio)
{
    public static ApiRow Of(string request, int bytes, IReadOnlyList<ApiSample> api, IReadOnlyList<ApiSample> bare)
    {
        var (ours, theirs) = (ApiSide.Of(api), ApiSide.Of(bare));
        return new(request, bytes, ours, theirs, Math.Round(theirs.RequestsPerSecond / ours.RequestsPerSecond, 2));
    }
}

/// <param name="RequestsPerSecond">Of all clients together; median of the rounds.</param>
/// <param name="MedianMs">Of a request, over all rounds.</param>
/// <param name="SlowestMs">Slowest of a hundred requests, over all rounds.</param>
internal sealed record ApiSide(double RequestsPerSecond, double MedianMs, double SlowestMs)
{
    public static ApiSide Of(IReadOnlyList<ApiSample> samples)
    {
        var times = samples.SelectMany(sample => sample.Milliseconds).Order().ToArray();
        return new(Math.Round(Samples.Median(samples.Select(sample => sample.Milliseconds.Count / sample.Seconds)), 1),
            Math.Round(Samples.Median(times), 2), Math.Round(times[times.Length * 99 / 100], 2));
    }
}

/// <summary>One measurement.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="Milliseconds">Of each request.</param>
internal sealed record ApiSample(double Seconds, IReadOnlyList<double> Milliseconds);
