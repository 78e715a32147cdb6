using Infra.Lab.Cloud;
using Infra.Lab.Host;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>What a program inside finds in its environment.</summary>
public sealed class CloudShellTests
{
    private static readonly LabFolder s_folder = LabFolder.OfCloud("/project", "/cache");

    private static readonly string[] s_authorities =
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO"];

    private static readonly string[] s_tokens =
        ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_API_TOKEN", "DO_API_TOKEN", "DO_AUTH_TOKEN", "DO_TOKEN"];

    [Fact]
    public void It_has_the_token_and_the_authorities_under_every_name()
    {
        var inside = Inside(("PATH", "/usr/bin"), ("SSL_CERT_FILE", "/etc/other.pem"), ("DO_AUTH_TOKEN", "real"));

        Assert.All(s_tokens, name => Assert.Equal("secret", inside[name]));
        Assert.All(
            s_authorities,
            name => Assert.Equal("/cache/labs/" + s_folder.Id + ".public/ca-certificates.crt", inside[name]));
        Assert.Equal("/usr/bin", inside["PATH"]);
    }

    [Theory]
    [InlineData("HTTPS_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("ALL_PROXY")]
    [InlineData("SUDO_COMMAND")]
    [InlineData("INFRA_CALLER_HOME")]
    public void Proxies_and_traces_of_sudo_are_not_in_it(string name) => Assert.DoesNotContain(name, Inside((name, "x")).Keys);

    [Fact]
    public void A_caller_that_used_sudo_gets_its_own_home_path_and_name_back()
    {
        var inside = Inside(
            (CloudShell.CallerVariable, "1000:1000"), (CloudShell.CallerHomeVariable, "/home/me"),
            (CloudShell.CallerPathVariable, "/opt/pulumi"),
            ("SUDO_USER", "me"), ("HOME", "/root"), ("PATH", "/usr/sbin"), ("USER", "root"), ("LOGNAME", "root"));

        Assert.Equal(("/home/me", "/opt/pulumi", "me", "me"), (inside["HOME"], inside["PATH"], inside["USER"], inside["LOGNAME"]));
    }

    [Theory]
    [InlineData("1000:100", "1000:100")]
    [InlineData(null, "-")]
    [InlineData("1000", "-")]
    [InlineData("0:0 --clear-groups", "-")]
    public void The_caller_is_two_numbers_or_no_one(string? said, string caller) => Assert.Equal(caller, CloudShell.CallerOf(
        said is null ? [] : new Dictionary<string, string> { [CloudShell.CallerVariable] = said }));

    private static IReadOnlyDictionary<string, string> Inside(params (string Name, string Value)[] outside) => CloudShell.EnvironmentOf(
        outside.ToDictionary(entry => entry.Name, entry => entry.Value), new CloudFiles(s_folder), s_folder, "secret");
}
