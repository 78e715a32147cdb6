using System.Reflection;
using System.Runtime.CompilerServices;
using Pulumi;

namespace Infra.Tests.Sdk;

/// <summary>
/// Holds the offline subset to the official API: everything that it has is listed in <c>PublicApi.txt</c>, and everything that is listed is
/// in the SDK at hand, whichever it is. GOLDEN_ACCEPT=1 writes the list; run the tests with the official packages afterwards.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(Deployment).Assembly,
        typeof(Pulumi.Command.Remote.Command).Assembly,
        typeof(Pulumi.DigitalOcean.Droplet).Assembly,
        typeof(Pulumi.Random.RandomPassword).Assembly,
        typeof(Pulumi.Tls.PrivateKey).Assembly,
    ];

    [Fact]
    public void The_sdk_has_every_member_of_the_offline_subset()
    {
        var types = Assemblies.SelectMany(assembly => assembly.GetExportedTypes());
        if (IsSubset && Environment.GetEnvironmentVariable("GOLDEN_ACCEPT") == "1")
        {
            File.WriteAllLines(ListFile(), types.SelectMany(PublicApi.Of).Order(StringComparer.Ordinal));
        }

        var listed = File.ReadAllLines(ListFile());
        if (!IsSubset)
        {
            var names = listed.Select(line => line.Split(": ")[0]).ToHashSet();
            types = types.Where(type => names.Contains(PublicApi.Name(type)));
        }

        var present = types.SelectMany(PublicApi.Of).ToHashSet();
        Assert.Equal([], listed.Except(present));
        if (IsSubset)
        {
            Assert.Equal([], present.Except(listed));
        }
    }

    /// <summary>The projects under offline/ say so of themselves.</summary>
    private static bool IsSubset =>
        typeof(Deployment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Any(data => data is { Key: "PulumiSdk", Value: "offline" });

    private static string ListFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "PublicApi.txt");
}
