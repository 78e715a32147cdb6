using Infra.Lab.Machines;

namespace Infra.Tests.Unit.Lab.Machines;

public sealed class ServerImagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_gone_or_still_being_made_is_not_abandoned()
    {
        Assert.False(ServerImages.IsAbandoned(Path.Combine(_folder, "layer.1.new")));
        Assert.False(ServerImages.IsAbandoned(_folder));
        Directory.SetLastWriteTimeUtc(_folder, DateTime.UtcNow.AddHours(-2));
        Assert.True(ServerImages.IsAbandoned(_folder));
    }
}
