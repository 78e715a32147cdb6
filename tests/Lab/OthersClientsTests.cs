using Infra.Lab.Linux;
using Infra.Tests.Deployments;

namespace Infra.Tests.Lab;

/// <summary>
/// Clients of DigitalOcean's API that others wrote, each through the whole life of all that it has calls for: created, waited for, used,
/// changed, refused, deleted.
/// </summary>
[Collection(SerialLabs.Name)]
public sealed class OthersClientsTests(ClientsCloud cloud) : IClassFixture<ClientsCloud>
{
    /// <summary>Without these packages the tests are skipped on a machine of someone, and fail where a change is judged.</summary>
    private static readonly bool s_isJudged = Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    private static string Folder => Path.Combine(StackFiles.Root, "tests/Lab/clients");

    [Theory]
    [InlineData("dots", "429, asked again|account|catalog|keys|vpc|droplet|tags|volumes|firewall|certificate|domain|project|actions"
        + "|snapshots|pages|monitoring|404 422|gone")]
    [InlineData("dots-wrapper", "429|account|catalog|keys|vpc|droplet|tags|volumes|firewall|certificate|balancer|domain|project|actions"
        + "|snapshots|pages|404 422|gone")]
    [InlineData("do-wrapper", "429|account|catalog|keys|droplet|tags|volumes|firewall|certificate|balancer|domain|project|actions"
        + "|snapshots|pages|404 422|gone")]
    public async Task A_client_for_JavaScript(string name, string parts)
    {
        var folder = await NpmClients.InstalledAsync("clients/npm");

        var seen = await cloud.LiveAsync(new Dictionary<string, string>(), "node", Path.Combine(folder, $"{name}.mjs"));

        Assert.Equal(parts.Replace('|', '\n') + '\n', seen);
    }

    [Fact]
    public async Task Godo_1_37()
    {
        var packages = await PackagesAsync();
        var folder = Path.GetFullPath(Path.Combine(StackFiles.Root, "artifacts/clients/godo"));
        var program = Path.Combine(folder, "godo");
        var built = await HostProgram.AskAsync(Path.Combine(packages.GoRoot, "bin/go"),
            ["build", "-o", program, .. Directory.EnumerateFiles(Path.Combine(Folder, "godo"), "*.go")],
            environment: new Dictionary<string, string>
            {
                ["GOROOT"] = packages.GoRoot,
                ["GOPATH"] = packages.GoPath,
                ["GOCACHE"] = Path.Combine(folder, "cache"),
                ["GO111MODULE"] = "off",
                ["CGO_ENABLED"] = "0",
            }, cancel: TestContext.Current.CancellationToken);
        Assert.True(built.Status == 0, $"{built.Output}{built.Errors}");

        var seen = await cloud.LiveAsync(new Dictionary<string, string>(), program);

        Assert.Equal("429|account|catalog|keys|vpc|droplet|tags|volumes|firewall|certificate|balancer|domain|project|actions|snapshots"
            + "|pages|404 422 401|gone|", seen.Replace('\n', '|'));
    }

    [Fact]
    public async Task The_DNS_authenticator_of_certbot()
    {
        var packages = await PackagesAsync();

        // Debian's interpreter: another one in the PATH has not its libraries.
        var seen = await cloud.LiveAsync(new Dictionary<string, string> { ["PYTHONPATH"] = packages.PythonPath },
            "/usr/bin/python3", Path.Combine(Folder, "certbot-dns-digitalocean.py"));

        Assert.Equal(
            """
            added [('_acme-challenge.www', 'first', 30), ('_acme-challenge.www', 'second', 30)]
            left [('_acme-challenge.www', 'second', 30)]
            removed []
            Unable to determine base domain for example.com using names: ['example.com', 'com'].
            Error finding domain using the DigitalOcean API: Unable to authenticate you (Did you provide a valid API token?)

            """, seen);
    }

    [Fact]
    public async Task Lexicon()
    {
        var packages = await PackagesAsync();

        var seen = await cloud.LiveAsync(new Dictionary<string, string> { ["PYTHONPATH"] = packages.PythonPath },
            "/usr/bin/python3", Path.Combine(Folder, "dns-lexicon.py"));

        Assert.Equal(
            """
            created [('www.example.net', '192.0.2.1', 300)] [('www.example.net', '2001:db8::1', 300)]
            aliases [('alias.example.net', 'www.example.net', 300)] [('_acme-challenge.example.net', 'first', 300)]
            updated [('www.example.net', '192.0.2.2', 600)]
            pages 31 1
            deleted [('www.example.net', '192.0.2.2', 600)] [('_acme-challenge.example.net', 'first', 300)]
            refused 404 401

            """, seen);
    }

    private static async Task<UnpackedPackages> PackagesAsync()
    {
        try
        {
            return await UnpackedPackages.PrepareAsync();
        }
        catch (ProgramException exception) when (!s_isJudged)
        {
            Assert.Skip($"apt cannot fetch the packages of tests/Lab/clients/packages.txt: {exception.Message}");
            throw;
        }
    }
}
