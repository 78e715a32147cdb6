using Infra.Lab.Cloud;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>One cloud without servers for all clients, and the files that they use.</summary>
public sealed class ClientsCloud : IAsyncLifetime
{
    /// <summary>Lists that a client leaves empty, with the member of each.</summary>
    private static readonly (string Path, string Member)[] s_lists =
    [
        ("droplets", "droplets"), ("volumes", "volumes"), ("snapshots", "snapshots"), ("firewalls", "firewalls"), ("tags", "tags"),
        ("load_balancers", "load_balancers"), ("certificates", "certificates"), ("domains", "domains"), ("account/keys", "ssh_keys"),
        ("monitoring/alerts", "policies"), ("uptime/checks", "checks"),
    ];

    private readonly StartedCloud _cloud = new(new CloudUpOptions { NoServers = true });

    public async ValueTask InitializeAsync()
    {
        await _cloud.InitializeAsync();
        try
        {
            await HostProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", At("key")]);
            await HostProgram.RunAsync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                "-days", "30", "-subj", "/CN=www.lab.test", "-addext", "subjectAltName=DNS:www.lab.test", "-keyout", At("leaf.key"),
                "-out", At("leaf.pem")]);
            // The first VPC of a region is its default, which cannot be deleted.
            await _cloud.CallAsync("POST", "/v2/vpcs", new() { ["name"] = "default", ["region"] = "tor1" });
        }
        catch
        {
            // No one else would stop the parts that did start.
            await DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    /// <summary>
    /// Lets a client live: its first list of sizes is refused with 429, and it leaves the account as it was.
    /// </summary>
    /// <param name="environment">Variables of the client.</param>
    /// <param name="command">The client; the folder with the files is added.</param>
    /// <returns>What it printed.</returns>
    internal async Task<string> LiveAsync(IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        using var control = new CloudControlClient(_cloud.Lab);
        var cancel = TestContext.Current.CancellationToken;
        await control.FaultsAsync(new FaultChange(true, [], ["429:GET /v2/sizes*1"]), cancel);
        var answer = await _cloud.InsideAsync(environment, [.. command, _cloud.Folder]);
        Assert.True(answer.Status == 0, $"{answer.Output}{answer.Errors}");
        foreach (var (path, member) in s_lists)
        {
            Assert.Empty((await control.ListAsync($"/v2/{path}", member, cancel))!);
        }

        Assert.Single((await control.ListAsync("/v2/vpcs", "vpcs", cancel))!);
        Assert.Single((await control.ListAsync("/v2/projects", "projects", cancel))!);
        return answer.Output;
    }

    private string At(string file) => Path.Combine(_cloud.Folder, file);
}
