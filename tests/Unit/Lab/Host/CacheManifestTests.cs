using Infra.Lab.Host;

namespace Infra.Tests.Unit.Lab.Host;

/// <summary>A folder of the cache that is there and not whole is found before a server asks for what it lacks.</summary>
public sealed class CacheManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-cache-").FullName;

    public CacheManifestTests()
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "hub", "model")).FullName, "weights"), "0123456789");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName, "of thousands"), "x");
        CacheManifest.Write(_folder, "root");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, Action<string>> Damages => new()
    {
        { "cut", folder => File.WriteAllText(Path.Combine(folder, "hub/model/weights"), "012345678") },
        { "gone", folder => File.Delete(Path.Combine(folder, "hub/model/weights")) },
        { "gone with its folder", folder => Directory.Delete(Path.Combine(folder, "hub"), recursive: true) },
        { "one more", folder => File.WriteAllText(Path.Combine(folder, "hub/model/more"), "") },
        {
            "a link", folder =>
            {
                File.Delete(Path.Combine(folder, "hub/model/weights"));
                File.CreateSymbolicLink(Path.Combine(folder, "hub/model/weights"), "/nowhere");
            }
        },
        { "list cut", folder => File.WriteAllText(Path.Combine(folder, ".manifest"), "hub/model/weights 10\n") },
        {
            "list a folder", folder =>
            {
                File.Delete(Path.Combine(folder, ".manifest"));
                Directory.CreateDirectory(Path.Combine(folder, ".manifest"));
            }
        },
        { "no list", folder => File.Delete(Path.Combine(folder, ".manifest")) },
        { "all gone", folder => Directory.Delete(folder, recursive: true) },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void What_is_not_whole_is_named(string damage, Action<string> act)
    {
        Assert.Null(CacheManifest.Damage(_folder, "root"));
        act(_folder);
        Assert.True(CacheManifest.Damage(_folder, "root") is { Length: > 0 }, damage);
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public void What_is_in_the_folder_without_a_list_may_change()
    {
        File.Delete(Path.Combine(_folder, "root", "of thousands"));
        Assert.Null(CacheManifest.Damage(_folder, "root"));
    }
}
