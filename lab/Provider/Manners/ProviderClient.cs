using System.Globalization;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Http;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Manners;

/// <summary>
/// The provider's HTTP client, as far as faults of requests show it. After 429, an error of the server or a lost connection it sends the
/// request again, as terraform-provider-digitalocean 401992a1 does by default: <c>http_retry_max</c> and its kin in
/// <c>digitalocean/provider.go</c>, <c>godo.go</c>, and <c>client.go</c> of go-retryablehttp, as vendored there.
/// </summary>
internal sealed class ProviderClient(CloudContext cloud)
{
    private const int MostRetries = 4;
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    private readonly Lazy<IReadOnlyList<ApiRoute>> _routes = new(() => CloudApi.Routes(cloud.State.Account));

    private CloudAccount Account => cloud.State.Account;

    /// <summary>Sends a request. What the account and what the engine records of it are one change.</summary>
    /// <param name="request">The request.</param>
    /// <param name="resource">The resource that it is about.</param>
    /// <param name="operation">What the engine does.</param>
    /// <param name="toleratesMissing">Whether 404 is success: for deletions of which the first answer was lost.</param>
    /// <exception cref="ProviderException">It was refused, or failed too often.</exception>
    public Task<CloudResource> SendAsync(
        ProviderRequest request, CloudResource resource, Operation operation, bool toleratesMissing = false) => TryAsync(
        request, Report(request, resource, operation),
        () =>
        {
            try
            {
                return Account.Change(change => change.Put(request.Send(change, resource)));
            }
            catch (ApiError error) when (toleratesMissing && error.Status == 404)
            {
                return cloud.State.Put(resource);
            }
        },
        () => Account.Change(change => request.Send(change, resource)));

    /// <summary>Sends a call that only reads.</summary>
    /// <param name="call">The call.</param>
    /// <param name="resource">The resource that it reads.</param>
    /// <param name="operation">What the engine does.</param>
    /// <exception cref="ProviderException">It was refused, or failed too often.</exception>
    public Task ReadAsync(ProviderCall call, CloudResource resource, Operation operation) =>
        TryAsync(call, Report(call, resource, operation), () => true, () => true);

    /// <summary>Sends the call of a function of the provider.</summary>
    /// <exception cref="ProviderException">It was refused, or failed too often.</exception>
    public Task AskAsync(ProviderCall call) => TryAsync(call, (_, _) => { }, () => true, () => true);

    private Action<ApiError?, TimeSpan> Report(ProviderCall call, CloudResource resource, Operation operation) => (refusal, wait) =>
        cloud.Options.Progress(new(operation, resource.Type, resource.Name, Phase.Retried, string.Create(CultureInfo.InvariantCulture,
            $"{call.Subject}: {(refusal is null ? "connection lost" : refusal.Status)}, again in {wait.TotalSeconds:0.#} s")));

    /// <param name="call">The call.</param>
    /// <param name="report">Receives each failure before the next attempt, and the wait for that.</param>
    /// <param name="answered">What happens if the answer arrives.</param>
    /// <param name="lost">What happens if it does not: the account changes, and the engine does not know.</param>
    private async Task<T> TryAsync<T>(ProviderCall call, Action<ApiError?, TimeSpan> report, Func<T> answered, Func<T> lost)
    {
        for (var attempt = 1; ; attempt++)
        {
            var refusal = Account.TakeRefusal(call.Subject, ScopeOf(call));
            var isCut = refusal is null && Account.TakeCut(call.Subject);
            try
            {
                if (isCut)
                {
                    lost();
                }
                else if (refusal is null)
                {
                    return answered();
                }
            }
            catch (ApiError error)
            {
                refusal = isCut ? null : error;
            }
            if (refusal is not (null or { Status: 429 or >= 500 }))
            {
                throw call.Refused(refusal);
            }
            if (attempt > MostRetries)
            {
                throw refusal is null ? call.Lost() : call.Refused(refusal, attempt);
            }
            var wait = refusal?.RetryAfter ?? Backoff(attempt);
            report(refusal, wait);
            await Task.Delay(wait, Account.Clock, cloud.Cancel);
        }
    }

    private string? ScopeOf(ProviderCall call) => Account.State.All<Fault>().Count == 0 ? null
        : _routes.Value.FirstOrDefault(route => route.Serves(call.Method, $"/v2/{call.Path}"))?.Scope;

    private static TimeSpan Backoff(int attempt)
    {
        var wait = s_shortestWait * Math.Pow(2, attempt - 1);
        return wait < s_longestWait ? wait : s_longestWait;
    }
}
