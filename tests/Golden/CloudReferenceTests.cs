using System.Globalization;
using System.Text;
using Infra.Lab.DigitalOcean;
using Infra.Lab.DigitalOcean.Account;
using Infra.Planning.Catalog;

namespace Infra.Tests.Golden;

/// <summary>docs/cloud.md has every path that the API answers, with what it does not do.</summary>
public sealed class CloudReferenceTests
{
    [Fact]
    public void The_table_of_endpoints_is_that_of_the_routes()
    {
        using var store = AccountStore.Open(":memory:");
        using var account = new CloudAccount(store, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        var table = new StringBuilder("| path | methods | not as at DigitalOcean |\n|---|---|---|\n");
        foreach (var path in CloudApi.Routes(account).GroupBy(route => route.Path).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            var limits = path.Select(route => route.Limits).OfType<string>().Distinct(StringComparer.Ordinal);
            table.Append(CultureInfo.InvariantCulture,
                $"| `{path.Key}` | {string.Join(", ", path.Select(route => route.Method))} | {string.Join("; ", limits)} |\n");
        }

        GoldenFile.MatchesSection("docs/cloud.md", "routes", table.ToString());
    }
}
