namespace Infra.Tests.Node;

/// <summary><c>apt-sources</c>: which of an image's package sources are the distribution's own.</summary>
public sealed class AptSourcesTests
{
    private const string Keyring = "/usr/share/keyrings/ubuntu-archive-keyring.gpg";

    [Theory]
    [InlineData("deb http://mirrors.digitalocean.com/ubuntu/ noble main restricted universe # as the image has it")]
    [InlineData("deb http://mirrors.digitalocean.com/ubuntu noble-security main")]
    [InlineData("deb [arch=amd64 signed-by=" + Keyring + "] https://mirror.example/pub/ubuntu noble-updates main")]
    [InlineData("deb http://tor1.archive.ubuntu.com/ubuntu noble main")]
    [InlineData("deb http://security.ubuntu.com/ubuntu noble-security main")]
    [InlineData("deb [trusted=yes] http://archive.ubuntu.com/lab ./")]
    public async Task A_line_of_the_distribution_is_taken_as_it_is(string line)
    {
        using var node = Ubuntu();
        node.Write("/etc/apt/sources.list", line + "\n");
        Assert.Equal("", (await ChosenAsync(node)).Errors);
        Assert.Equal(line, node.Read("/own/own.list").Trim());
    }

    [Theory]
    [InlineData("deb https://linux.mellanox.com/public/repo/doca/2.9.3/ubuntu24.04/x86_64/ ./", "is not a source of the distribution")]
    [InlineData(
        "deb [signed-by=/usr/share/keyrings/cuda-archive-keyring.gpg] "
            + "https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2404/x86_64/ /",
        "is not a source of the distribution")]
    [InlineData("deb [signed-by=/etc/apt/keyrings/rocm.gpg] https://repo.radeon.com/amdgpu/30.10/ubuntu noble main",
        "is not a source of the distribution")]
    [InlineData("deb https://ppa.launchpadcontent.net/graphics-drivers/ppa/ubuntu/ noble main", "is not a source of the distribution")]
    [InlineData("deb [signed-by=/usr/share/keyrings/kitware-archive-keyring.gpg] https://apt.kitware.com/ubuntu/ noble main",
        "is not a source of the distribution")]
    [InlineData("deb https://repos.insights.digitalocean.com/apt/do-agent main main", "is not a source of the distribution")]
    [InlineData("deb https://download.docker.com/linux/ubuntu noble stable", "is not a source of the distribution")]
    [InlineData("deb http://mirrors.digitalocean.com/ubuntu jammy main", "is not a source of the distribution")]
    [InlineData("deb http://archive.ubuntu.com.example/ubuntu2 noble main", "is not a source of the distribution")]
    [InlineData("deb cdrom:[Ubuntu]/ noble main", "is not a source of the distribution")]
    [InlineData("dbe http://archive.ubuntu.com/ubuntu noble main", "is not a valid apt source")]
    [InlineData("deb http://archive.ubuntu.com/ubuntu noble", "is not a valid apt source")]
    [InlineData("deb [arch=amd64 http://archive.ubuntu.com/ubuntu noble main", "is not a valid apt source")]
    public async Task A_third_party_or_invalid_line_is_skipped_and_named(string line, string because)
    {
        using var node = Ubuntu();
        node.Write("/etc/apt/sources.list", "deb http://archive.ubuntu.com/ubuntu noble main\n");
        node.Write("/etc/apt/sources.list.d/other.list", line + "\n");
        var result = await ChosenAsync(node);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches($"^skipped: /etc/apt/sources.list.d/other.list.* {because}.*\n$", result.Errors);
        Assert.Equal("deb http://archive.ubuntu.com/ubuntu noble main", node.Read("/own/own.list").Trim());
    }

    [Fact]
    public async Task Of_stanzas_too_only_those_of_the_distribution_are_taken()
    {
        const string Own =
            "Types: deb\nURIs: http://mirrors.digitalocean.com/ubuntu/\nSuites: noble noble-updates "
                + "noble-backports\nComponents: main universe\nSigned-By: "
            + Keyring;
        const string Inline =
            "Types: deb\nURIs: http://security.ubuntu.com/ubuntu/\nSuites: noble-security\nComponents: main\nSigned-By:\n "
                + "-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n -----END PGP PUBLIC KEY BLOCK-----";
        using var node = Ubuntu();
        node.Write("/etc/apt/sources.list", "# moved to ubuntu.sources\n");
        node.Write("/etc/apt/sources.list.d/ubuntu.sources", $"# a comment\n\n{Own}\n\n\n{Inline}\n");
        node.Write("/etc/apt/sources.list.d/off.sources", $"Enabled: no\n{Own}\n");
        node.Write("/etc/apt/sources.list.d/source.sources", Own.Replace("Types: deb", "Types: deb-src", StringComparison.Ordinal) + "\n");
        node.Write("/etc/apt/sources.list.d/doca.sources", "Types: deb\nURIs: https://linux.mellanox.com/doca\nSuites: ./\n");
        node.Write("/etc/apt/sources.list.d/broken.sources", "no stanza at all\n");
        var result = await ChosenAsync(node);
        Assert.Equal($"{Own}\n\n{Inline}\n", node.Read("/own/own.sources"));
        Assert.Equal(
            "skipped: /etc/apt/sources.list.d/broken.sources is not a valid apt source\nskipped: "
                + "/etc/apt/sources.list.d/doca.sources: https://linux.mellanox.com/doca ./ is not a source of the distribution\n",
            result.Errors);
    }

    [Theory]
    [InlineData("ID=ubuntu\nVERSION_CODENAME=noble\n", "http://security.ubuntu.com/ubuntu", "Suites: noble-security\n")]
    [InlineData("ID=debian\nVERSION_CODENAME=trixie\n", "http://deb.debian.org/debian-security", "Suites: trixie trixie-updates\n")]
    [InlineData("ID=pop\nID_LIKE=\"ubuntu debian\"\nVERSION_CODENAME=x\nUBUNTU_CODENAME=noble\n", "http://archive.ubuntu.com/ubuntu",
        "Components: main universe\n")]
    public async Task An_image_without_sources_of_its_own_reports_it_and_the_releases_archive_is_known(
        string release, string archive, string also)
    {
        using var node = Ubuntu();
        node.Write("/etc/os-release", release);
        Assert.Equal(3, (await ChosenAsync(node)).ExitCode);
        Assert.Equal(0, (await node.RunAsync("apt-sources", ["archive", node.At("/own")], null)).ExitCode);
        Assert.Contains($"URIs: {archive}\n", node.Read("/own/own.sources"), StringComparison.Ordinal);
        Assert.Contains(also, node.Read("/own/own.sources"), StringComparison.Ordinal);
    }

    internal static void Ubuntu(StagedNode node) => node.Write("/etc/os-release",
        "PRETTY_NAME=\"Ubuntu 24.04.3 "
            + "LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n");

    private static StagedNode Ubuntu()
    {
        var node = new StagedNode();
        Ubuntu(node);
        return node;
    }

    private static Task<ToolResult> ChosenAsync(StagedNode node) => node.RunAsync("apt-sources", ["image", node.At("/own")], null);
}
