using Infra.Lab.Provider.Resources;
using Infra.Planning.Plan;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>The lab is killed at a step: the state is what was on the disk then, the machines are what was real then.</summary>
[Collection(Deployments.SerialDeployments.Name)]
public sealed class KillTests
{
    // After convergence the result is the same each time, so only some of the kills check it.
    private const int LookCloser = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wherever_a_run_is_killed_the_next_one_converges_with_nothing_lost_and_nothing_doubled(bool afterEffect) =>
        await EveryStepAsync(null, Account.Plan("local"), afterEffect);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_for_a_run_that_replaces_and_deletes(bool afterEffect) => await EveryStepAsync(
        Account.Plan("local", ("inference:endpoints", Endpoints("gpu-4000adax1-20gb", "chat", "draft"))),
        Account.Plan("local", ("inference:endpoints", Endpoints("gpu-6000adax1-48gb", "chat"))),
        afterEffect);

    private static string Endpoints(string size, params string[] names) => $"{{{string.Join(',', names.Select(name =>
        $"\"{name}\":{{\"model\":\"mistralai/Ministral-3-3B-Instruct-2512\",\"size\":\"{size}\",\"contextLength\":4096,\"access\":\"internal\",\"cacheVolumeGiB\":50}}"))}}}";

    private static async Task EveryStepAsync(StackPlan? before, StackPlan plan, bool afterEffect)
    {
        for (var kill = 1; ; kill++)
        {
            using var account = new Account();
            if (before is not null)
            {
                (await account.UpAsync(before)).Succeeded();
            }
            var killed = false;
            var from = account.Runtime.Steps;
            account.Runtime.OnStep = (step, after) =>
            {
                if (killed || (step == from + kill && after == afterEffect))
                {
                    killed = true;
                    account.Kill();
                    throw new IOException("killed");
                }
            };
            var run = await account.UpAsync(plan);
            if (!killed)
            {
                run.Succeeded();
                return;
            }
            account.Runtime.OnStep = static (_, _) => { };
            Assert.True(kill < 500);
            var next = (await account.UpAsync(plan)).Succeeded();
            Converged(account, next, kill);
            if (kill % LookCloser != 0)
            {
                continue;
            }
            Assert.Equal(0, (await account.UpAsync(plan)).Succeeded().Summary.Changes);
            (await account.DownAsync()).Succeeded();
            Assert.Empty(account.Runtime.Servers);
            Assert.Empty(account.Runtime.Volumes);
            Assert.Empty(account.Runtime.Balancers);
        }
    }

    private static void Converged(Account account, Run run, int kill)
    {
        Assert.All(run.Resources, resource =>
            Assert.True(resource is { Status: ResourceStatus.Ok, Replaced: false }, $"kill {kill}: {resource.Type} {resource.Name}"));
        Assert.Equal(run.Resources.Count, run.Resources.DistinctBy(resource => (resource.Type, resource.Name)).Count());
        Same(Ids(Types.Droplet), account.Runtime.Servers.Keys);
        Same(Ids(Types.Volume), account.Runtime.Volumes.Keys);
        Same(Ids(Types.LoadBalancer), account.Runtime.Balancers.Keys);
        Same(Ids(Types.Droplet), account.Runtime.Policy.Servers.Select(server => server.ServerId));
        Assert.All(account.Runtime.Balancers.Values, balancer =>
            Same(account.Runtime.Servers.Values.Where(server => server.Name.Contains(run.Resources.First(resource =>
                resource.Id == balancer.Id).Name, StringComparison.Ordinal)).Select(server => server.PrivateAddress),
                balancer.Backends));

        IEnumerable<string> Ids(string type) => run.Resources.Where(resource => resource.Type == type).Select(resource => resource.Id!);

        void Same(IEnumerable<string> expected, IEnumerable<string> actual) =>
            Assert.True(expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal)), $"kill {kill}");
    }
}
