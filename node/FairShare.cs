using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;

namespace Infra.Node;

/// <summary>
/// What one request and one client may take of an engine, so that none keeps the others waiting: vLLM serves in the order of arrival, and
/// what is over its places waits, whoever sent it. docs/api.md has the rule in words.
/// </summary>
/// <param name="Answers">Most answers to one prompt (<c>n</c>).</param>
/// <param name="Prompts">Most prompts of one request to <c>/v1/completions</c>, or texts of one to score or rank.</param>
/// <param name="Concurrent">Requests of one client at once.</param>
/// <param name="Alone">There is no other client.</param>
internal sealed record FairShare(int Answers, int Prompts, int Concurrent, bool Alone)
{
    /// <summary>Default of <see cref="ClientSettings.RequestsPerMinute"/>: 200 a second.</summary>
    internal const int RequestsPerMinute = 12_000;

    /// <summary>
    /// How many times the KV cache one client may fill with its longest requests: the others wait that often for an answer of full length.
    /// </summary>
    private const int KvCacheFillings = 4;

    /// <summary>Requests of a client at once to a model that generates nothing: each is read in a few steps.</summary>
    private const int ConcurrentPooling = 16;

    private const int MostAnswers = 4;

    /// <summary>
    /// Bytes of JSON for a token: a character that is escaped has 6 (12 beyond the first plane) and is one token or more, plain text
    /// has 4 to 5, a token by its number 7.
    /// </summary>
    private const int BytesPerToken = 16;

    /// <summary>A picture as a data URL: 12 MB of file in base64. Ministral 3 sees 1,540 pixels a side, whatever comes.</summary>
    private const int MiBPerImage = 16;

    /// <summary>What comes with a question beside its text: tools, a schema, names of members.</summary>
    private const int MiBOfForm = 1;

    /// <summary>Nothing is longer, so that the bodies of several clients fit into the memory that is for them.</summary>
    internal const int MostMiB = 64;

    /// <summary>The share for a node with this many clients. One alone keeps nobody out, and may have every place.</summary>
    public static FairShare Of(Placement placement, int clients)
    {
        var places = placement.MaxNumSeqs * placement.DataParallel;
        if (placement.Model.Task != ModelTask.Generate)
        {
            return new(1, places, clients > 1 ? Math.Min(ConcurrentPooling, places) : places, clients <= 1);
        }

        // As many prompts as answers to each: together at most a sixteenth of the places where there are many.
        var answers = places < 8 ? 1 : Math.Clamp(places / 64, 2, MostAnswers);
        if (clients <= 1)
        {
            return new(answers, answers, places, Alone: true);
        }

        // Three quarters of the places are filled when all requests have the most answers, and those that may have several prompts
        // (Prompting) have the most prompts: answers * (concurrent - prompting + prompting * prompts),
        // with prompting = concurrent / prompts.
        var threeQuarters = places * 3 / 4 / answers * answers / (2 * answers - 1);
        return new(answers, answers, Math.Max(1, Math.Min(threeQuarters, KvCacheFillings * placement.Requests)), Alone: false);
    }

    /// <summary>
    /// Of the requests at once, those to <c>/v1/completions</c>: one may be as many sequences as <see cref="Prompts"/> others.
    /// </summary>
    private int Prompting(int concurrent) => Alone ? concurrent : Math.Max(1, concurrent / Prompts);

    /// <summary>
    /// The longest body in MiB: as many prompts of full length and as many pictures as a request may have. vLLM's server parses a body
    /// while all others wait, so one that could not be served does not get there.
    /// </summary>
    public int BodyMiB(int contextTokens, int images) => (int)Math.Min(
        MostMiB, MiBOfForm + Math.Ceiling((double)contextTokens * Prompts * BytesPerToken / (1 << 20)) + images * MiBPerImage);

    /// <summary>
    /// The value of <c>API_CLIENTS</c>: <c>NAME:REQUESTS_PER_MINUTE:CONCURRENT:PROMPTING</c> for each client with limits of its own, after
    /// those without a name, which are for the rest.
    /// </summary>
    public string Limits(IEnumerable<ClientSettings> clients) => string.Join(',', clients
        .Where(client => client.RequestsPerMinute is not null || client.Concurrent is not null)
        .OrderBy(client => client.Name, StringComparer.Ordinal)
        .Prepend(new ClientSettings())
        .Select(client => (client.Name, Rate: client.RequestsPerMinute ?? RequestsPerMinute, AtOnce: client.Concurrent ?? Concurrent))
        .Select(client => string.Create(
            CultureInfo.InvariantCulture, $"{client.Name}:{client.Rate}:{client.AtOnce}:{Prompting(client.AtOnce)}")));
}
