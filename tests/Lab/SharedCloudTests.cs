using System.Text.Json.Nodes;
using Infra.Lab.Cloud;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>The API on this machine as programs see it, without a Droplet. One cloud for all: each test has names of its own.</summary>
[Collection(SerialLabs.Name)]
public sealed class SharedCloudTests(StartedCloud cloud) : IClassFixture<StartedCloud>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Without a Droplet the load balancer answers 503: the certificate is what is asked for.</summary>
    [Fact]
    public async Task Programs_inside_trust_a_certificate_of_lets_encrypt_on_a_load_balancer()
    {
        await cloud.CallAsync("POST", "/v2/domains", new JsonObject { ["name"] = "certificates.test" });
        var made = (await cloud.CallAsync("POST", "/v2/certificates", new JsonObject
        {
            ["name"] = "web",
            ["type"] = "lets_encrypt",
            ["dns_names"] = new JsonArray("www.certificates.test"),
        }))["certificate"]!;
        await RunningStack.UntilAsync("the certificate is issued", Patience, async () =>
            (string?)(await cloud.CallAsync("GET", $"/v2/certificates/{made["id"]}"))["certificate"]!["state"] == "verified");
        await cloud.CallAsync("POST", "/v2/load_balancers", new JsonObject
        {
            ["name"] = "web",
            ["region"] = "tor1",
            ["forwarding_rules"] = new JsonArray(new JsonObject
            {
                ["entry_protocol"] = "https",
                ["entry_port"] = 443,
                ["target_protocol"] = "http",
                ["target_port"] = 80,
                ["certificate_id"] = made["id"]!.DeepClone(),
            }),
        });

        ProgramAnswer answer = new(-1, "", "");
        await RunningStack.UntilAsync("the load balancer answers with it", Patience, async () => (answer = await cloud.InsideAsync(
            "curl", "-sS", "-m", "3", "-o", "/dev/null", "-w", "%{http_code} %{ssl_verify_result}",
            "https://www.certificates.test/")).Status == 0);

        Assert.Equal("503 0", answer.Output);
    }

    [Fact]
    public async Task Programs_inside_reach_the_lab_and_neither_the_internet_nor_this_machine()
    {
        using var here = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 0);
        here.Start();
        var port = ((System.Net.IPEndPoint)here.LocalEndpoint).Port;
        var addresses = System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Where(known => known.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork).Select(known => known.Address);

        var own = await cloud.InsideAsync("curl", "-4sS", "https://checkip.amazonaws.com");
        Assert.Equal($"{CloudSettings.DefaultAddress}\n", own.Output);
        Assert.All(
            await Task.WhenAll(addresses.Select(address => cloud.InsideAsync("curl", "-sS", "-m", "2", $"http://{address}:{port}/"))),
            answer => Assert.NotEqual(0, answer.Status));
        // The name is there, and the certificate of the real one is not.
        Assert.Equal(60, (await cloud.InsideAsync("curl", "-sS", "-m", "2", "https://example.com")).Status);
        Assert.Equal(0, (await cloud.InsideAsync("test", "-d", cloud.Folder)).Status);
        Assert.NotEqual(
            File.ReadAllText("/etc/resolv.conf"), (await cloud.InsideAsync("cat", "/etc/resolv.conf")).Output);
    }

    [Fact]
    public async Task Another_user_reads_no_token_and_a_caller_stays_itself()
    {
        var denied = await HostProgram.AskAsync(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "cat", cloud.Lab.Files.Token],
            cancel: TestContext.Current.CancellationToken);
        var caller = await cloud.InsideAsync(new Dictionary<string, string> { [CloudShell.CallerVariable] = "65534:65534" }, "id", "-u");
        var arguments = await HostProgram.AskAsync("sh", ["-c", "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' '"],
            cancel: TestContext.Current.CancellationToken);
        var logs = Directory.EnumerateFiles(cloud.Lab.Folder.Path, "*.log").Select(File.ReadAllText);

        Assert.NotEqual(0, denied.Status);
        Assert.Equal(("65534\n", 0), (caller.Output, caller.Status));
        Assert.DoesNotContain(cloud.Lab.ReadToken(), arguments.Output, StringComparison.Ordinal);
        Assert.All(logs, log => Assert.DoesNotContain(cloud.Lab.ReadToken(), log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_of_the_accounts_zones_lead_to_their_records_at_once()
    {
        await cloud.CallAsync("POST", "/v2/domains", new JsonObject { ["name"] = "lab.test" });
        await cloud.CallAsync("POST", "/v2/domains/lab.test/records", new JsonObject
        {
            ["type"] = "A",
            ["name"] = "www",
            ["data"] = "198.51.100.99",
        });

        Assert.StartsWith("198.51.100.99 ", (await cloud.InsideAsync("getent", "hosts", "www.lab.test")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await cloud.InsideAsync("getent", "hosts", "nothing.lab.test")).Status);
    }

    [Fact]
    public async Task A_fault_acts_until_it_is_removed_and_hides_nothing_from_its_owner()
    {
        using var control = new CloudControlClient(cloud.Lab);
        var cancel = TestContext.Current.CancellationToken;

        var added = await control.FaultsAsync(new FaultChange(false, [], ["503:GET /v2/vpcs*", "late-address:web/90s"]), cancel);
        var refused = await cloud.InsideAsync("sh", "-c",
            "curl -sS -o /dev/null -w '%{http_code}' -H \"Authorization: Bearer $DIGITALOCEAN_TOKEN\" "
            + "https://api.digitalocean.com/v2/vpcs");
        var seen = await control.ListAsync("/v2/vpcs", "vpcs", cancel);
        var left = await control.FaultsAsync(new FaultChange(false, ["503"], []), cancel);

        Assert.Equal(["503:GET /v2/vpcs*", "late-address:web/90s"], added);
        Assert.Equal("503", refused.Output);
        Assert.NotNull(seen);
        Assert.Equal(["late-address:web/90s"], left);
        await cloud.CallAsync("GET", "/v2/vpcs");
        Assert.Empty(await control.FaultsAsync(new FaultChange(true, [], []), cancel));
    }
}
