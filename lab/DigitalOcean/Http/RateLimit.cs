using System.Collections.Concurrent;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>
/// Requests of each token in the last hour and minute. A restart forgets them. The headers are always right; requests are refused only
/// with the real pace, so that tests need not wait.
/// </summary>
internal sealed class RateLimit(CloudAccount account)
{
    // DigitalOcean's specification 2.0, "Rate Limit".
    private const int OfHour = 5000;
    private const int OfMinute = 250;

    private readonly ConcurrentDictionary<string, Requests> _requests = new(StringComparer.Ordinal);

    /// <exception cref="ApiError">429.</exception>
    public void Count(HttpContext context, string token)
    {
        var now = account.Clock.GetUtcNow();
        var requests = _requests.GetOrAdd(token, _ => new Requests());
        lock (requests)
        {
            Forget(requests.OfHour, now - TimeSpan.FromHours(1));
            Forget(requests.OfMinute, now - TimeSpan.FromMinutes(1));
            var isRefused = account.Settings.LimitsRate && (requests.OfHour.Count >= OfHour || requests.OfMinute.Count >= OfMinute);
            if (!isRefused && requests.OfHour.Count < OfHour)
            {
                requests.OfHour.Enqueue(now);
                requests.OfMinute.Enqueue(now);
            }
            var first = requests.OfHour.Peek();
            var headers = context.Response.Headers;
            headers["RateLimit-Limit"] = Text(OfHour);
            headers["RateLimit-Remaining"] = Text(OfHour - requests.OfHour.Count);
            headers["RateLimit-Reset"] = Text((first + TimeSpan.FromHours(1)).ToUnixTimeSeconds());
            if (isRefused)
            {
                var next = requests.OfHour.Count >= OfHour ? first + TimeSpan.FromHours(1)
                    : requests.OfMinute.Peek() + TimeSpan.FromMinutes(1);
                throw ApiError.TooManyRequests(next - now);
            }
        }
    }

    private static void Forget(Queue<DateTimeOffset> requests, DateTimeOffset until)
    {
        while (requests.TryPeek(out var oldest) && oldest <= until)
        {
            requests.Dequeue();
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Times of a token's requests.</summary>
    private sealed class Requests
    {
        public Queue<DateTimeOffset> OfHour { get; } = new();

        public Queue<DateTimeOffset> OfMinute { get; } = new();
    }
}
