using System.Text.Json;
using Infra.Node;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

public sealed class CloudConfigTests
{
    private static readonly string Rendered = CloudConfig.Render(NodeSamples.Inputs());

    [Fact]
    public void It_is_json_under_the_line_that_cloud_init_looks_for()
    {
        Assert.StartsWith("#cloud-config\n{", Rendered, StringComparison.Ordinal);
        Assert.EndsWith("}\n", Rendered, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', Rendered);
        using var document = JsonDocument.Parse(Rendered["#cloud-config\n".Length..]);
    }

    [Fact]
    public void The_same_inputs_give_the_same_bytes() => Assert.Equal(Rendered, CloudConfig.Render(NodeSamples.Inputs()));

    [Fact]
    public void It_leaves_an_eighth_of_what_DigitalOcean_takes_to_keys_and_addresses() =>
        Assert.InRange(CloudConfig.SizeOf(Rendered), 1, CloudConfig.MaximumBytes * 7 / 8);

    [Fact]
    public void The_bootstrap_host_key_is_its_only_private_key() =>
        Assert.Single(Rendered.Split("PRIVATE KEY-----").Where((_, index) => index % 2 == 1));

    [Fact]
    public void What_sshd_reads_is_written_before_sshd_starts() =>
        Assert.Contains("\"path\": \"/etc/ssh/sshd_config.d/10-inference.conf\"", Rendered, StringComparison.Ordinal);

    [Fact]
    public void Root_and_passwords_are_off_from_the_first_second()
    {
        using var document = JsonDocument.Parse(Rendered["#cloud-config\n".Length..]);
        Assert.True(document.RootElement.GetProperty("disable_root").GetBoolean());
        Assert.False(document.RootElement.GetProperty("ssh_pwauth").GetBoolean());
        Assert.Equal(["ops"],
            document.RootElement.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("name").GetString()));
    }

    [Fact]
    public void Another_path_mode_or_content_of_any_file_is_another_revision_and_so_is_a_file_less() =>
        Assert.All(NodeFiles.All, file =>
        {
            NodeFile?[] changes =
            [
                null, file with { Path = $"{file.Path}x" }, file with { Mode = "0600" }, file with { Content = $"{file.Content}\n" },
            ];
            Assert.All(changes, changed =>
            {
                var files = NodeFiles.All.Select(other => other == file ? changed : other).OfType<NodeFile>();
                Assert.NotEqual(NodeFiles.Revision, NodeFiles.RevisionOf(files));
            });
        });

    [Fact]
    public void Only_what_is_run_is_executable() =>
        Assert.All(NodeFiles.All, file => Assert.Equal(
            file.Content.StartsWith("#!", StringComparison.Ordinal) || file.Path.Contains("/libexec/", StringComparison.Ordinal),
            file.Mode == "0755"));

    [Fact]
    public void No_file_has_a_placeholder() =>
        Assert.All(NodeFiles.All, file => Assert.DoesNotMatch(@"\{\{|@[A-Z]+@|<%", file.Content));
}
