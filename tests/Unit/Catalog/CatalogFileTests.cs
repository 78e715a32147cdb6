using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Wrong objects at the path of the user's catalog: each gives one message, and none is read endlessly.</summary>
public sealed class CatalogFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("catalog-").FullName;

    public static TheoryData<string, string> States => new()
    {
        { "nothing", "there is no such file" },
        { "mkdir $1", "it is a folder" },
        { ": > $1", "it is empty" },
        { "mkfifo $1", "it is a pipe or a device, and no regular file" },
        { "ln -s /dev/zero $1", "it is a pipe or a device, and no regular file" },
        { "truncate --size 17M $1", "it has 17825792 bytes; 16777216 is the limit" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task An_invalid_catalog_file_is_one_message(string makes, string message)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and devices are made as Linux has them.");
        var file = Path.Combine(_folder, "catalog.json");
        if (makes != "nothing")
        {
            Assert.Equal(0, (await Tool.RunAsync("sh", "-c", makes, "-", file)).ExitCode);
        }

        var error = Assert.Throws<ConfigurationException>(() => ModelCatalog.Load(file));
        Assert.Contains($"cannot be read: {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_catalog_is_read_whole()
    {
        File.WriteAllText(Path.Combine(_folder, "real.json"), """{"models": []}""");
        var link = Path.Combine(_folder, "catalog.json");
        File.CreateSymbolicLink(link, "real.json");
        Assert.Equal(ModelCatalog.Load().Models.Count, ModelCatalog.Load(link).Models.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
