using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;

namespace Infra.Node;

/// <summary>
/// Limits per request and per client, so that no client blocks the others: vLLM serves in order of arrival, and requests beyond its slots
/// wait, regardless of the client. docs/api.md explains the rule.
/// </summary>
/// <param name="Answers">Most answers to one prompt (<c>n</c>).</param>
/// <param name="Prompts">Most prompts of one request to <c>/v1/completions</c>, or texts of one request to score or rerank.</param>
/// <param name="Concurrent">Concurrent requests of one client.</param>
/// <param name="SingleClient">Whether this is the only client.</param>
internal sealed record FairShare(int Answers, int Prompts, int Concurrent, bool SingleClient)
{
    /// <summary>Default of <see cref="ClientConfig.RequestsPerMinute"/>: 200 a second.</summary>
    internal const int RequestsPerMinute = 12_000;

    /// <summary>
    /// How many times one client may fill the KV cache with its longest requests: other clients wait for that many answers of full length.
    /// </summary>
    private const int KvCacheFillings = 4;

    /// <summary>Concurrent requests of a client for a model that generates no text: each takes only a few steps.</summary>
    private const int ConcurrentPooling = 16;

    private const int MostAnswers = 4;

    /// <summary>
    /// Bytes of JSON per token: an escaped character has 6 bytes (12 beyond the BMP) and is at least one token; plain text has 4 to 5, a
    /// token id 7.
    /// </summary>
    private const int BytesPerToken = 16;

    /// <summary>An image as a data URL: a 12 MB file in base64. Ministral 3 sees at most 1,540 pixels per side.</summary>
    private const int MiBPerImage = 16;

    /// <summary>Other content of a request: tools, a schema, member names.</summary>
    private const int MiBOfForm = 1;

    /// <summary>Upper limit, so that the bodies of several clients fit into their memory.</summary>
    internal const int MostMiB = 64;

    /// <summary>The share on a node with this many clients. A single client may use all slots.</summary>
    public static FairShare Of(Placement placement, int clients)
    {
        var places = placement.MaxNumSeqs * placement.DataParallel;
        if (placement.Model.Task != ModelTask.Generate)
        {
            return new(1, places, clients > 1 ? Math.Min(ConcurrentPooling, places) : places, clients <= 1);
        }

        // As many prompts as answers each: together at most a sixteenth of the slots of a large engine.
        var answers = places < 8 ? 1 : Math.Clamp(places / 64, 2, MostAnswers);
        if (clients <= 1)
        {
            return new(answers, answers, places, SingleClient: true);
        }

        // The requests may fill three quarters of the slots, if all have the most answers and those with several prompts (Prompting) have
        // the most prompts: answers * (concurrent - prompting + prompting * prompts), with prompting = concurrent / prompts.
        var threeQuarters = places * 3 / 4 / answers * answers / (2 * answers - 1);
        return new(answers, answers, Math.Max(1, Math.Min(threeQuarters, KvCacheFillings * placement.Requests)), SingleClient: false);
    }

    /// <summary>
    /// Concurrent requests to <c>/v1/completions</c>: one may have as many sequences as <see cref="Prompts"/> other requests.
    /// </summary>
    private int Prompting(int concurrent) => SingleClient ? concurrent : Math.Max(1, concurrent / Prompts);

    /// <summary>
    /// The body limit in MiB: as many prompts of full length and images as a request may have. vLLM's server parses a body while all other
    /// requests wait, so larger bodies must not reach it.
    /// </summary>
    public int BodyMiB(int contextTokens, int images) => (int)Math.Min(
        MostMiB, MiBOfForm + Math.Ceiling((double)contextTokens * Prompts * BytesPerToken / (1 << 20)) + images * MiBPerImage);

    /// <summary>
    /// The value of <c>API_CLIENTS</c>: <c>NAME:REQUESTS_PER_MINUTE:CONCURRENT:PROMPTING</c> for each client with its own limits, after the
    /// entry without a name, which is for all others.
    /// </summary>
    public string Limits(IEnumerable<ClientConfig> clients) => string.Join(',', clients
        .Where(client => client.RequestsPerMinute is not null || client.Concurrent is not null)
        .OrderBy(client => client.Name, StringComparer.Ordinal)
        .Prepend(new ClientConfig())
        .Select(client => (client.Name, Rate: client.RequestsPerMinute ?? RequestsPerMinute, AtOnce: client.Concurrent ?? Concurrent))
        .Select(client => string.Create(
            CultureInfo.InvariantCulture, $"{client.Name}:{client.Rate}:{client.AtOnce}:{Prompting(client.AtOnce)}")));
}
