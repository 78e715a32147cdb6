using System.Collections.Immutable;
using Infra.Lab.Cloud;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Stacks;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>Faults of the account of <c>./infra up</c>.</summary>
public sealed class StackFaultsTests : IDisposable
{
    private readonly string _cache = Directory.CreateTempSubdirectory("faults-").FullName;

    private LabStack Lab => LabStack.Of(
        _cache, new("inference", "local", ImmutableDictionary<string, string>.Empty, ImmutableHashSet<string>.Empty), _cache);

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public void They_are_there_before_the_first_run_and_stay_until_they_are_removed()
    {
        Assert.Empty(StackFaults.Change(Lab, null));

        StackFaults.Change(Lab, new(Clear: false, [], ["503:GET *", "cut*1"]));

        Assert.Equal(["503:GET *", "cut*1"], StackFaults.Change(Lab, null));
        Assert.Equal(["cut*1"], StackFaults.Change(Lab, new(Clear: false, ["503"], [])));
    }

    [Fact]
    public void While_a_run_changes_the_account_they_are_a_user_error()
    {
        Lab.Folder.Create();
        using var run = CloudState.Open(Lab.Folder.Cloud, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);

        var refused = Assert.Throws<ConfigurationException>(() => StackFaults.Change(Lab, new(Clear: true, [], [])));

        Assert.Contains("wait until it has ended", refused.Message, StringComparison.Ordinal);
    }
}
