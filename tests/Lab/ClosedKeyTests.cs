using System.Globalization;

namespace Infra.Tests.Lab;

/// <summary>Someone has no key, a wrong one, half of one, or one that was taken back.</summary>
[Collection(TestCluster.Collection)]
public sealed class ClosedKeyTests(TestCluster cluster)
{
    private string Alice => cluster.Stack.Key(TestCluster.Balanced, "alice");

    public static TheoryData<string> Refused =>
    [
        "",
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: Bearer sk-0123456789abcdef0123456789abcdef",
        "Authorization: {0}",
        "Authorization: Basic {0}",
        "Authorization: Bearer {0}x",
        "Authorization: Bearer {0} {0}",
        "Authorization: Bearer {0},{0}",
        "Authorization: Bearer\t{0}",
        "Authorization: Bearer \"{0}\"",
        "Authorization: Bearer {0}/",
        "Authorization: Bearer {0}/.",
        "Authorization: Bearer ../keys/{0}",
        "Authorization: Bearer ./{0}",
        "Authorization: Bearer ../names/alice",
        "Authorization: Bearer %2e%2e%2fnames%2falice",
        "Authorization: Bearer ..%2fnames%2falice",
        "Authorization: Bearer ....//names/alice",
        "Authorization: Bearer ................",
        "Authorization: Bearer alice",
        "Authorization: Bearer $client_path",
        "Authorization: Bearer *",
        "Authorization:\0Bearer {0}",
        "authorization : Bearer {0}",
        "Proxy-Authorization: Bearer {0}",
        "X-Api-Key: {0}",
        "Api-Key: {0}",
        "Cookie: Authorization=Bearer {0}",
        "X-Original-Authorization: Bearer {0}",
        "Authorization: Bearer sk-0123456789abcdef0123456789abcdef\r\nAuthorization: Bearer {0}",
        "Authorization: Bearer {0}\r\nAuthorization: Bearer {0}",
        "Authorization: Bearer {0}\r\nAuthorization: Bearer sk-0123456789abcdef0123456789abcdef",
        "Authorization: Bearer\r\n {0}",
        "Authorization: Bearer {0}\u00e9",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_not_exactly_one_key_opens_nothing(string header)
    {
        var line = header.Length > 0 ? $"{string.Format(CultureInfo.InvariantCulture, header, Alice)}\r\n" : "";
        var answer = await cluster.ExchangeAsync($"GET /v1/models HTTP/1.1\r\nHost: node\r\n{line}Connection: close\r\n\r\n", "chat-0");
        Assert.True(answer.Status is 400 or 401, $"{answer.Status}: {answer.Body}");
        Assert.DoesNotContain(TestCluster.Model, answer.Body, StringComparison.Ordinal);
        if (answer.Status == 401)
        {
            Assert.Contains("\"code\":\"invalid_api_key\"", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET /v1/models?api_key={0} HTTP/1.1", 401)]
    [InlineData("GET /v1/models?Authorization=Bearer%20{0} HTTP/1.1", 401)]
    [InlineData("GET /v1/models/{0} HTTP/1.1", 404)]
    public async Task A_key_in_the_address_opens_nothing(string request, int status)
    {
        var answer = await cluster.ExchangeAsync(
            $"{string.Format(CultureInfo.InvariantCulture, request, Alice)}\r\nHost: {Alice}\r\nConnection: close\r\n\r\n", "chat-0");
        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(4_000)]
    [InlineData(9_000)]
    [InlineData(200_000)]
    public async Task A_key_of_any_length_is_refused_and_the_next_one_is_served(int length)
    {
        var answer = await cluster.ExchangeAsync(
            $"GET /v1/models HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {new string('a', length)}\r\nConnection: close\r\n\r\n",
            "chat-0");
        Assert.True(answer.Status is 400 or 401, $"{answer.Status}");
        Assert.Equal(200, (await ModelsAsync("chat-0", Alice)).Status);
    }

    [Fact]
    public async Task A_key_of_one_endpoint_opens_no_other()
    {
        Assert.Equal(401, (await ModelsAsync(TestCluster.Venv, Alice)).Status);
        Assert.Equal(401, (await ModelsAsync(TestCluster.Amd, Alice)).Status);
        var venv = cluster.Stack.Endpoint("venv");
        Assert.Equal(401, (await ModelsAsync("chat-0", cluster.Stack.Key("venv", venv.Clients[0]))).Status);
    }

    // The connection is open before: what it was let in with is asked for again.
    [Fact]
    public async Task A_key_that_was_revoked_opens_nothing_and_no_one_else_is_disturbed()
    {
        var bob = cluster.Stack.Key(TestCluster.Balanced, "bob");
        var before = await StartsAsync();
        await using var open = await cluster.KnockAsync("chat-0");
        await open.SendAsync(Models(bob));
        Assert.Equal(200, (await open.ReadAsync()).Status);
        try
        {
            // Another client comes: one alone would have other limits, and nginx would reload.
            var taken = await cluster.UpAgainAsync(["alice", "carol"]);
            Assert.Empty(taken.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));
            await open.SendAsync(Models(bob));
            Assert.Equal(401, (await open.ReadAsync()).Status);
            foreach (var node in TestCluster.Replicas)
            {
                Assert.Equal(401, (await ModelsAsync(node, bob)).Status);
                Assert.Equal(200, (await ModelsAsync(node, Alice)).Status);
            }

            Assert.Equal(before, await StartsAsync());
        }
        finally
        {
            await cluster.UpAgainAsync(["alice", "bob"]);
        }

        Assert.Equal(before, await StartsAsync());
        Assert.NotEqual(bob, cluster.Stack.Key(TestCluster.Balanced, "bob"));
        Assert.Equal(401, (await ModelsAsync("chat-0", bob)).Status);
        Assert.Equal(200, (await ModelsAsync("chat-0", cluster.Stack.Key(TestCluster.Balanced, "bob"))).Status);
    }

    private Task<RawAnswer> ModelsAsync(string node, string key) => cluster.ExchangeAsync(Models(key), node);

    private static string Models(string key) => $"GET /v1/models HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {key}\r\n\r\n";

    private async Task<string> StartsAsync() => string.Join('\n', await Task.WhenAll(TestCluster.Replicas.Select(node => cluster.ShellAsync(
        node,
        "systemctl show inference-nginx.service inference-vllm-container.service "
            + "--property=ActiveEnterTimestampMonotonic,MainPID --value"))));
}
