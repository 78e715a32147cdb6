using System.Net;
using Infra.Lab.Balancer;

namespace Infra.Tests.Unit.Lab.Balancer;

public sealed class BackendPoolTests
{
    private static readonly IPAddress[] Three = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2"), IPAddress.Parse("10.0.0.3")];

    [Fact]
    public void Equals_take_turns()
    {
        var pool = Healthy(Three);

        Assert.Equal([1, 2, 3, 1, 2, 3], Enumerable.Range(0, 6).Select(_ => Number(pool.Take([]))));
    }

    [Fact]
    public void Turns_go_on_when_connections_end_at_once()
    {
        var pool = Healthy(Three);

        Assert.Equal([1, 2, 3, 1], Enumerable.Range(0, 4).Select(_ =>
        {
            var taken = pool.Take([]);
            taken!.Ended(served: true);
            return Number(taken);
        }));
    }

    [Fact]
    public void The_one_with_the_fewest_connections_is_next()
    {
        var pool = Healthy(Three);
        var taken = Enumerable.Range(0, 6).Select(_ => pool.Take([])!).ToArray();
        taken[1].Ended(served: true);

        Assert.Equal(2, Number(pool.Take([])));
    }

    [Fact]
    public void One_that_could_not_be_connected_to_comes_last_until_its_next_check()
    {
        var pool = Healthy(Three);
        pool.All[0].Missed("refused");
        Assert.Equal([2, 3, 2], Enumerable.Range(0, 3).Select(_ => Number(pool.Take([]))));

        pool.All[0].Checked(null, 3, 2);
        Assert.Equal(1, Number(pool.Take([])));
    }

    [Fact]
    public void None_is_tried_twice_and_none_that_is_unhealthy()
    {
        var pool = Healthy(Three);
        pool.All[2].Checked("no", 1, 1);

        Assert.Equal(2, Number(pool.Take([pool.All[0]])));
        Assert.Null(pool.Take([pool.All[0], pool.All[1]]));
    }

    [Fact]
    public void Who_stays_keeps_health_and_connections_and_who_is_new_is_down()
    {
        var pool = Healthy(Three[..2]);
        pool.Take([]);
        pool.Set([Three[2], Three[0]]);

        Assert.Equal(
            [("10.0.0.3", false, 0), ("10.0.0.1", true, 1)],
            pool.All.Select(backend => backend.Status()).Select(status => (status.Address, status.Healthy, status.Active)));
    }

    private static BackendPool Healthy(IPAddress[] addresses)
    {
        var pool = new BackendPool(TimeProvider.System);
        pool.Set(addresses);
        foreach (var backend in pool.All)
        {
            backend.Checked(null, 1, 1);
        }
        return pool;
    }

    private static int Number(Backend? backend) => backend!.Address.GetAddressBytes()[3];
}
