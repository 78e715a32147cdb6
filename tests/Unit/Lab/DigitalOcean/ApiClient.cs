using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Planning.Catalog;
using Infra.Tests.Unit.Lab.DigitalOcean.Specification;
using Infra.Tests.Unit.Lab.Provider;
using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>An answer of the API.</summary>
internal sealed record ApiResponse(int Status, JsonNode? Body, HttpResponseHeaders Headers)
{
    public string? Message => (string?)Body?["message"];
}

/// <summary>An account of its own behind its HTTP front, on a loopback port, and a client with a token of it.</summary>
internal sealed class ApiClient : IAsyncDisposable
{
    /// <summary>The limit of a wait that hangs; a busy machine needs a second of it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly AccountStore _store;
    private readonly RunningApi _api;
    private readonly HttpClient _http;

    private ApiClient(AccountStore store, CloudAccount account, RunningApi api, string token, FakeTimeProvider clock, FakeHostRuntime host)
    {
        _store = store;
        Account = account;
        _api = api;
        Token = token;
        Clock = clock;
        Host = host;
        _http = new HttpClient { BaseAddress = api.Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public CloudAccount Account { get; }

    public string Token { get; }

    public FakeTimeProvider Clock { get; }

    public FakeHostRuntime Host { get; }

    public Uri Address => _api.Address;

    /// <param name="settings">Changes what the account may have.</param>
    /// <param name="path">Where its records are; in memory if nothing is said.</param>
    /// <param name="authority">Issues certificates; null: the account's own.</param>
    public static async Task<ApiClient> StartAsync(
        Func<AccountSettings, AccountSettings>? settings = null, string path = ":memory:", ICertificateAuthority? authority = null)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
        var host = new FakeHostRuntime { AreAllGuarded = false };
        var store = AccountStore.Open(path);
        var known = new AccountSettings { Catalog = ModelCatalog.Load() };
        var account = new CloudAccount(store, settings?.Invoke(known) ?? known, clock);
        var token = account.Change(change => ApiToken.Create(change, "test", []));
        var api = await RunningApi.StartAsync(account, host, [new IPEndPoint(IPAddress.Loopback, 0)], certificate: null,
            authority: authority);
        return new(store, account, api, token, clock, host);
    }

    public Task<ApiResponse> GetAsync(string path) => SendAsync("GET", path);

    public Task<ApiResponse> PostAsync(string path, string json) => SendAsync("POST", path, json);

    public Task<ApiResponse> PutAsync(string path, string json) => SendAsync("PUT", path, json);

    public Task<ApiResponse> DeleteAsync(string path, string? json = null) => SendAsync("DELETE", path, json);

    /// <summary>Sends a request. An answer that DigitalOcean's specification does not know fails the test.</summary>
    public async Task<ApiResponse> SendAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (ApiSpecification.Current?.Violations(
            method, path, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text) is { Count: > 0 } violations)
        {
            Assert.Fail($"{method} {path}, answered {(int)response.StatusCode}:\n{string.Join('\n', violations)}\n{text}");
        }
        if (response.StatusCode == HttpStatusCode.InternalServerError
            && !text.Contains(RequestFaults.ServerError, StringComparison.Ordinal))
        {
            Assert.Fail($"{method} {path}: {text}");
        }
        return new((int)response.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null, response.Headers);
    }

    /// <summary>Lets time pass until the account is as wanted; by steps, because work that starts later waits from then on.</summary>
    public async Task PassAsync(TimeSpan time, Func<AccountState, bool> wanted)
    {
        Clock.Advance(time);
        await UntilAsync(() => wanted(Account.State), () => Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    /// <summary>Waits for the machine, which follows the account.</summary>
    /// <param name="wanted">What is waited for.</param>
    /// <param name="meanwhile">Done between two looks.</param>
    public static async Task UntilAsync(Func<bool> wanted, Action? meanwhile = null)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!wanted())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                Assert.Fail("what the test waits for never comes");
            }
            await Task.Delay(1, TestContext.Current.CancellationToken);
            meanwhile?.Invoke();
        }
    }

    /// <summary>Lets time pass until no work of the account is left, but for what is weeks away: the renewal of a certificate.</summary>
    public async Task SettleAsync()
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Account.State.All<Work>().Where(work => work.DueAt < Clock.GetUtcNow().AddDays(7)).ToList() is { Count: > 0 } left)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                Assert.Fail($"work that never ends: {string.Join(", ", left.Select(work => work.Key))}");
            }
            var next = Account.NextChange;
            Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _api.DisposeAsync();
        Account.Dispose();
        _store.Dispose();
    }
}
