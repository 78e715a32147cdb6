using System.Diagnostics;
using Infra.Lab.Host;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class ServerImagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Leftovers_of_a_killed_build_are_deleted_and_files_of_a_running_build_stay()
    {
        var image = Path.Combine(_folder, "debian-13-0123");
        using var maker = Process.Start("/bin/sh", ["-c", "sleep 60; :", "-", image]);
        string[] left = [$"{image}.{int.MaxValue}.new", $"{image}.{Environment.ProcessId}.new", $"{image}.x.new"];
        string[] stay = [$"{image}.{maker.Id}.new", $"{image}-of-another.1.new"];
        Assert.All([.. left, .. stay], folder => Directory.CreateDirectory(Path.Combine(folder, "usr")));
        ServerImages.RemoveAbandoned(image);
        maker.Kill();
        Assert.Equal(stay.Order(StringComparer.Ordinal), Directory.EnumerateDirectories(_folder).Order(StringComparer.Ordinal));
    }
}
