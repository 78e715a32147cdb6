using Infra.Lab.Host;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class ServerProcessTests
{
    private static readonly Dictionary<int, string> Statuses = new()
    {
        [17] = "NSpid:\t17\t9\t6361",
        [31000] = "NSpid:\t31000\t7\t1",
        [31001] = "NSpid:\t31001\t8\t11",
    };

    [Fact]
    public void What_init_has_just_started_is_not_taken_for_init_though_its_number_is_lower() =>
        Assert.Equal(31000, Among("17", "31000", "31001"));

    [Fact]
    public void A_process_that_ended_while_it_was_read_is_passed_over() => Assert.Equal(31000, Among("4242", "31000"));

    [Fact]
    public void A_server_without_its_first_process_has_none() => Assert.Null(Among("17", "31001", "0", ""));

    private static int? Among(params string[] pids) =>
        ServerProcess.InitAmong(pids, pid => Statuses.TryGetValue(pid, out var field) ? ["Name:\tsystemd", field, "Threads:\t1"] : []);
}
