using System.Net;

namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>
/// Hosts that an image speaks to by itself: vendors' package archives, and the metadata address for the monitoring agent.
/// </summary>
public sealed class ImageHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("linux.mellanox.com", "/public/repo/doca/2.9.3/ubuntu24.04/x86_64/./InRelease", HttpStatusCode.OK)]
    [InlineData("repo.radeon.com", "/rocm/apt/7.14/dists/noble/main/binary-amd64/Packages", HttpStatusCode.OK)]
    [InlineData("linux.mellanox.com", "/missing/doca/InRelease", HttpStatusCode.NotFound)]
    [InlineData("linux.mellanox.com", "/unsigned/doca/InRelease", HttpStatusCode.NotFound)]
    [InlineData("linux.mellanox.com", "/unsigned/doca/Release.gpg", HttpStatusCode.NotFound)]
    [InlineData("linux.mellanox.com", "/unsigned/doca/Release", HttpStatusCode.OK)]
    [InlineData("linux.mellanox.com", "/doca/..", HttpStatusCode.NotFound)]
    public async Task A_vendors_archive_answers_at_any_address_and_fails_where_the_address_asks_for_it(string host, string path,
        HttpStatusCode status)
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var answer = await mirrors.GetAsync(host, path);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task An_archive_that_hangs_sends_nothing_until_the_client_goes()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            mirrors.Client.GetAsync(mirrors.Address("linux.mellanox.com", "/hanging/InRelease"), patience.Token));
    }

    [Fact]
    public async Task The_metadata_address_takes_metrics_and_gives_a_key_for_a_token()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        using var without = await mirrors.GetAsync("169.254.169.254", "/v1/appkey/droplet-auth-token");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using var granted = await mirrors.GetAsync("169.254.169.254", "/v1/appkey/droplet-auth-token",
            request => request.Headers.TryAddWithoutValidation("Authorization", "DOMETADATA token"));
        Assert.StartsWith("\"", await granted.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var content = new StringContent("sonar_cpu 1");
        using var sent = await mirrors.Client.PostAsync(mirrors.Address("169.254.169.254", "/v1/metrics/droplet_id/1"), content, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        using var read = await mirrors.GetAsync("169.254.169.254", "/v1/metrics/droplet_id/1");
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }
}
