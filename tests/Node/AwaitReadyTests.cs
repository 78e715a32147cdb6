namespace Infra.Tests.Node;

/// <summary><c>await-ready</c>, which the readiness gate runs over SSH.</summary>
public sealed class AwaitReadyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_with_its_session_and_not_before(bool ends)
    {
        using var node = new StagedNode();
        node.Stub("cloud-init", $"echo 'status: running'; echo >> {node.At("/looked")}");
        using var gate = Tool.Start("python3", [node.At("/usr/local/libexec/inference/await-ready"), "3600"],
            new Dictionary<string, string> { ["PATH"] = $"{node.At("/stubs")}:{Environment.GetEnvironmentVariable("PATH")}" });
        // As sshd does: standard input is at its end from the beginning.
        gate.StandardInput.Close();
        try
        {
            if (ends)
            {
                gate.StandardOutput.Close();
                await gate.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
                Assert.Equal(1, gate.ExitCode);
                return;
            }
            // Each time that it looks for the first boot it has looked after its session since the last one.
            while (!File.Exists(node.At("/looked")) || new FileInfo(node.At("/looked")).Length < 3)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
            Assert.False(gate.HasExited);
        }
        finally
        {
            gate.Kill(entireProcessTree: true);
        }
    }
}
