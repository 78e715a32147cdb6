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
    public void A_new_child_of_init_with_a_lower_id_is_not_mistaken_for_init() =>
        Assert.Equal(31000, Among("17", "31000", "31001"));

    [Fact]
    public void A_process_that_ends_while_it_is_read_is_skipped() => Assert.Equal(31000, Among("4242", "31000"));

    [Fact]
    public void A_server_without_its_first_process_has_none() => Assert.Null(Among("17", "31001", "0", ""));

    private static int? Among(params string[] pids) =>
        ServerProcess.InitAmong(pids, pid => Statuses.TryGetValue(pid, out var field) ? ["Name:\tsystemd", field, "Threads:\t1"] : []);
}
