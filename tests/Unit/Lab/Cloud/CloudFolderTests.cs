using Infra.Lab.Host;
using Infra.Lab.Stacks;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>The folder of a cloud is found by its path, and is no stack's.</summary>
public sealed class CloudFolderTests
{
    [Fact]
    public void A_stack_named_cloud_has_another_folder_and_other_commands()
    {
        var cloud = LabFolder.OfCloud("/project", "/cache");
        var stack = LabFolder.Of("/project", "cloud", "/cache");

        Assert.NotEqual(cloud.Path, stack.Path);
        Assert.Equal((true, false), (cloud.IsCloud, stack.IsCloud));
        Assert.Equal(("./infra cloud up", "./infra cloud down"), (cloud.UpCommand, cloud.DownCommand));
        Assert.Equal(("./infra up cloud", "./infra down cloud"), (stack.UpCommand, stack.DownCommand));
    }

    [Fact]
    public void A_process_finds_its_folder_by_the_path() =>
        Assert.Equal(LabFolder.OfCloud("/project", "/cache"), LabFolder.At(LabFolder.OfCloud("/project", "/cache").Path));

    [Fact]
    public void A_damaged_file_of_a_cloud_is_fixed_by_its_own_commands() => Assert.Equal(
        "./infra cloud down, then ./infra cloud up",
        StateFiles.Broken(Path.Combine(LabFolder.OfCloud("/project", "/cache").Path, "settings.json"), "it is empty").Fix);
}
