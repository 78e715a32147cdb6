using System.ComponentModel;
using System.Text.Json;
using Infra.Lab.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.State;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Lab.CommandLine;

/// <summary>States of the machine end in a message with a fix; what is none of them keeps its trace.</summary>
public sealed class LabFaultTests : IDisposable
{
    private readonly string _cache = Directory.CreateTempSubdirectory("infra-host-").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Theory]
    [InlineData("No space left on device : '/cache/labs/x/cloud/account.db'", "disk", "is full")]
    [InlineData("Disk quota exceeded : '/cache/labs/x'", "disk", "is full")]
    [InlineData("Read-only file system : '/cache/labs'", "disk", "read-only")]
    [InlineData("Too many open files : '/cache/labs'", "open files", "limit")]
    [InlineData("Cannot allocate memory", "memory", "used up")]
    [InlineData("Resource temporarily unavailable", "memory", "used up")]
    [InlineData("reassociate to namespaces failed: Operation not permitted", "privileges", "are insufficient")]
    public void What_the_kernel_refuses_is_reported_with_a_fix(string message, string key, string problem)
    {
        foreach (var exception in new Exception[]
        {
            new IOException(message),
            new AggregateException(new InvalidOperationException("around it", new IOException(message))),
            new ProgramException("mkfs.ext4", new ProgramAnswer(1, "", $"mkfs.ext4: {message}")),
        })
        {
            var fault = Explain(exception);
            Assert.Equal(key, fault?.Key);
            Assert.Contains(problem, fault!.Problem, StringComparison.Ordinal);
            Assert.NotEmpty(fault.Fix);
        }
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var missing = Explain(new ProgramException("mmdebstrap", new Win32Exception(2)));
        Assert.Equal("mmdebstrap", missing?.Key);
        Assert.Contains("installs", missing!.Fix, StringComparison.Ordinal);
        Assert.Contains("noexec", Explain(new ProgramException("/mnt/clone/prepare", new Win32Exception(13)))!.Fix,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_file_is_named_with_the_commands_that_help()
    {
        var broken = Explain(new AggregateException(new StateFileException($"{_cache}/labs/local-123456/cloud/account.db", "it is empty")));
        Assert.Equal(($"{_cache}/labs/local-123456/cloud/account.db", "./infra down local, then ./infra up local"),
            (broken?.Key, broken?.Fix));
        Assert.StartsWith($"rm -r {_cache}/engine/0123", Explain(new StateFileException($"{_cache}/engine/0123", "it has no digests"))?.Fix,
            StringComparison.Ordinal);
        // Something else in place of a file.
        var odd = new UserError("mirrors.json", null, "is not a regular file", "./infra down local");
        var denied = new UnauthorizedAccessException($"Access to the path '{_cache}/labs/x' is denied.");
        Assert.Same(odd, LabFault.Explain(denied, _cache, () => odd));
    }

    [Theory]
    [InlineData("/cache/labs/local-0123ab/cloud", "local")]
    [InlineData("/labs/me/cache/labs/my-chat-0123ab", "my-chat")]
    [InlineData("/cache/labs/cloud.0123ab/settings.json", "cloud")]
    [InlineData("/home/labs/me/infra-lab/engine/0123", null)]
    [InlineData("/cache/labs", null)]
    [InlineData("/cache/labs/", null)]
    [InlineData("/cache/engine/0123", null)]
    public void The_stack_of_a_file_is_that_of_its_lab(string file, string? stack) => Assert.Equal(stack, LabFolder.StackOf(file));

    [Theory]
    [InlineData("/cache:a", false)]
    [InlineData("/cache,a", false)]
    [InlineData("/ca che", false)]
    [InlineData("/ca'che", false)]
    [InlineData("/ca%hche", false)]
    [InlineData("/ca$che", false)]
    [InlineData("/c\u001bche", false)]
    [InlineData("/home/jürgen/.cache/infra-lab_2+x@y=z", true)]
    public void A_cache_path_that_mount_or_ssh_would_misread_is_refused(string folder, bool fine)
    {
        Assert.Equal(fine, LabFolder.Problem(folder) is null);
        Assert.NotNull(LabFolder.Problem($"/{new string('x', 150)}"));
    }

    [Fact]
    public void An_image_that_could_not_be_made_is_reported_with_apts_words() =>
        Assert.Contains("Temporary failure resolving", Explain(new ProgramException("/x/prepare-engine",
            new ProgramAnswer(1, "", "E: Temporary failure resolving 'deb.debian.org'")))!.Problem, StringComparison.Ordinal);

    [Fact]
    public void A_file_without_access_is_named()
    {
        Assert.Equal("cache", Explain(new UnauthorizedAccessException($"Access to the path '{_cache}/labs' is denied."))?.Key);
        Assert.Equal("/home/me/infra/Pulumi.dev.yaml",
            Explain(new UnauthorizedAccessException("Access to the path '/home/me/infra/Pulumi.dev.yaml' is denied."))?.Key);
        Assert.Equal("cache",
            Explain(new IOException($"another process is changing the local cloud of {_cache}/labs/x: wait until it has ended"))?.Key);
    }

    [Fact]
    public void What_is_no_state_of_the_machine_stays_a_bug()
    {
        Assert.Null(Explain(new InvalidOperationException("a bug")));
        Assert.Null(Explain(new FormatException()));
        Assert.Null(Explain(new JsonException("an internal error")));
        Assert.Null(Explain(new IOException("The pipe is broken.")));
        Assert.Null(Explain(new UnauthorizedAccessException("Access to the path '/sys/x' is denied.")));
        Assert.Null(Explain(new ProgramException("nft", new ProgramAnswer(1, "", "Error: syntax error"))));
    }

    private UserError? Explain(Exception exception) => LabFault.Explain(exception, _cache, () => null);
}
