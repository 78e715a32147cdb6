using Infra.Lab.Linux;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class HostProcessesTests
{
    [Theory]
    [InlineData("Uid:\t0\t0\t0\t0", true)]
    [InlineData("Uid:\t1000\t0\t0\t0", false)]
    [InlineData("Uid:\t0\t0\t1000\t0", false)]
    [InlineData("Uid:\t1000\t1000\t1000\t1000", false)]
    [InlineData("Uid:\t0", false)]
    [InlineData("Gid:\t0\t0\t0\t0", false)]
    public void A_process_is_of_a_user_where_all_that_it_can_do_is(string line, bool isOf) =>
        Assert.Equal(isOf, HostProcesses.IsOfUser(["Name:\tworld", line], "0"));

    [Fact]
    public void What_runs_with_our_rights_is_found_by_its_words()
    {
        var words = $"37.{Environment.ProcessId}";
        using var process = HostProgram.Start("sleep", [words]);
        try
        {
            Assert.True(HostProcesses.IsOurs(process.Id));
            Assert.True(SpinWait.SpinUntil(() => Pids().Contains(process.Id), TimeSpan.FromSeconds(10)));
        }
        finally
        {
            process.Kill();
        }

        IEnumerable<int> Pids() => HostProcesses.WithWords(all => all.Contains(words, StringComparer.Ordinal)).Select(found => found.Pid);
    }
}
