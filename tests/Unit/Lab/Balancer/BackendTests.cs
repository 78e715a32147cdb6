using System.Net;
using CsCheck;
using Infra.Lab.Balancer;

namespace Infra.Tests.Unit.Lab.Balancer;

public sealed class BackendTests
{
    [Fact]
    public void It_turns_when_as_many_checks_in_a_row_agree_as_its_threshold_says_and_never_else() =>
        Gen.Select(Gen.Bool.Array[0, 40], Gen.Int[1, 4], Gen.Int[1, 4]).Sample((checks, unhealthyAfter, healthyAfter) =>
        {
            var backend = new Backend(IPAddress.Loopback, new ManualTime());
            var expected = false;
            for (var count = 1; count <= checks.Length; count++)
            {
                backend.Checked(checks[count - 1] ? null : "no", unhealthyAfter, healthyAfter);
                var lately = checks.Take(count).Reverse().TakeWhile(well => well != expected).Count();
                expected ^= lately >= (expected ? unhealthyAfter : healthyAfter);
                if (backend.Healthy != expected)
                {
                    return false;
                }
            }
            return true;
        });

    [Fact]
    public void It_knows_since_when_and_why()
    {
        var time = new ManualTime();
        var backend = new Backend(IPAddress.Loopback, time);
        backend.Checked(null, 2, 1);
        time.Advance(30);
        backend.Checked("/ready answered 503", 2, 1);
        time.Advance(30);
        var turned = time.GetUtcNow();
        backend.Checked("/ready answered 503", 2, 1);
        time.Advance(30);

        Assert.Equal(new BackendStatus("127.0.0.1", false, turned, "/ready answered 503", 0, 0, 3), backend.Status());
    }
}
