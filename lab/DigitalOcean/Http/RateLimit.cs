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

    private readonly ConcurrentDictionary<string, Queue<DateTimeOffset>> _requests = new(StringComparer.Ordinal);

    /// <exception cref="ApiError">429.</exception>
    public void Count(HttpContext context, string token)
    {
        var now = account.Clock.GetUtcNow();
        var requests = _requests.GetOrAdd(token, _ => new Queue<DateTimeOffset>());
        lock (requests)
        {
            while (requests.TryPeek(out var oldest) && now - oldest >= TimeSpan.FromHours(1))
            {
                requests.Dequeue();
            }
            var inMinute = requests.Count(time => now - time < TimeSpan.FromMinutes(1));
            var isRefused = account.Settings.LimitsRate && (requests.Count >= OfHour || inMinute >= OfMinute);
            if (!isRefused && requests.Count < OfHour)
            {
                requests.Enqueue(now);
            }
            var first = requests.Peek();
            var headers = context.Response.Headers;
            headers["RateLimit-Limit"] = Text(OfHour);
            headers["RateLimit-Remaining"] = Text(OfHour - requests.Count);
            headers["RateLimit-Reset"] = Text((first + TimeSpan.FromHours(1)).ToUnixTimeSeconds());
            if (isRefused)
            {
                var next = requests.Count >= OfHour ? first + TimeSpan.FromHours(1)
                    : requests.First(time => now - time < TimeSpan.FromMinutes(1)) + TimeSpan.FromMinutes(1);
                headers.RetryAfter = Text((long)Math.Ceiling((next - now).TotalSeconds));
                throw TooMany();
            }
        }
    }

    public static ApiError TooMany() => new(429, "too_many_requests", "API rate limit exceeded.");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
