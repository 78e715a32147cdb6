using Infra.Lab.Host;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class ImageProfilesTests
{
    private const string Row = """{"name": "a", "what": "b", "known": "read", "source": "c", "sourceDate": "2026-11-29"}""";

    [Fact]
    public void Every_folder_of_files_is_a_part_and_every_part_does_something()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(LabFacts.ImageFolder, "parts")).Select(Path.GetFileName);
        Assert.Equal(folders.Order(StringComparer.Ordinal),
            ImageProfiles.All.Parts.Select(part => part.Name).Order(StringComparer.Ordinal));
        Assert.All(ImageProfiles.All.Parts, part => Assert.NotEmpty(ImageLayer.FilesOf(part.Name)));
    }

    [Fact]
    public void Every_unit_that_is_enabled_is_a_file_of_its_part() => Assert.All(
        ImageProfiles.All.Parts,
        part => Assert.All(part.Enables, link => Assert.Contains(ImageLayer.FilesOf(part.Name), file =>
            file.Path.EndsWith($"/systemd/system/{Path.GetFileName(link)}", StringComparison.Ordinal))));

    [Fact]
    public void Every_image_of_the_catalog_has_a_profile_of_its_own() => Assert.All(
        ModelCatalog.Load().Images.Values,
        image => Assert.Equal(image.Vendor == GpuVendor.Amd ? "amd" : "nvidia",
            ImageProfiles.All.Profiles.Single(profile => profile.Slug == image.Slug).Vendor));

    [Fact]
    public void An_image_of_a_teams_own_is_taken_for_one_of_the_vendors() =>
        Assert.Equal("gpu-amd-base", ImageProfiles.All.Of("182736455", "amd").Slug);

    [Theory]
    [InlineData("ubuntu-24-04-x64", "nvidia", "ubuntu-24-04-x64")]
    [InlineData("debian-13-x64", "none", "debian-13-x64")]
    [InlineData("gpu-h100x1-base", "none", "ubuntu-24-04-x64")]
    public void A_plain_image_has_no_driver_whatever_the_machine(string slug, string vendor, string profile) =>
        Assert.Equal(profile, ImageProfiles.All.Of(slug, vendor).Slug);

    [Theory]
    [InlineData("""{"parts": [], "profiles": [], "more": 1}""")]
    [InlineData("""{"parts": [{"name": "a"}], "profiles": []}""")]
    [InlineData("""{"parts": [ROW], "profiles": [{"slug": "s", "vendor": "amd", "parts": ["other"], "note": "n", "source": "s", "sourceDate": "2026-11-29"}]}""")]
    [InlineData("""{"parts": [ROW], "profiles": [{"slug": "s", "vendor": "amd", "parts": ["a"], "note": "n", "source": "s"}]}""")]
    [InlineData("""{"parts": [ROW], "parts": [], "profiles": []}""")]
    public void Facts_with_something_unknown_missing_or_twice_are_refused(string json) =>
        Assert.Throws<InvalidDataException>(() => ImageProfiles.Parse(json.Replace("ROW", Row, StringComparison.Ordinal)));

    [Fact]
    public void A_variant_removes_parts_and_adds_others_on_top()
    {
        var profile = ImageProfiles.All.Of("gpu-h100x1-base", "nvidia");
        var parts = new ImageVariant(Without: ["nvidia-toolkit-1.19.1"], With: ["nvidia-toolkit-1.17.8"]).PartsOf(profile)
            .Select(part => part.Name).ToArray();
        Assert.DoesNotContain("nvidia-toolkit-1.19.1", parts);
        Assert.Equal("nvidia-toolkit-1.17.8", parts[^1]);
    }

    [Fact]
    public void Releases_are_older_and_newer_than_the_images_and_one_is_theirs()
    {
        Assert.Equal(["debian-12", "debian-13", "ubuntu-24.04"], ServerBase.All.Select(release => release.Name));
        Assert.NotNull(ServerBase.Find(ServerBase.Default));
        Assert.Equal("INFRA_LAB_UBUNTU", ServerBase.Find("ubuntu-24.04")!.ArchiveVariable);
    }
}
