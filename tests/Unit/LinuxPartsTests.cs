namespace Infra.Tests.Unit;

/// <summary>Which tests another system skips.</summary>
public sealed class LinuxPartsTests
{
    [Fact]
    public void Tests_of_what_only_servers_need_are_skipped_elsewhere_and_those_of_preview_and_plan_run()
    {
        Assert.NotNull(LinuxPartsAttribute.WhyNot(typeof(Lab.Host.FolderLockTests), isLinux: false));
        Assert.NotNull(LinuxPartsAttribute.WhyNot(typeof(Infra.Tests.Node.NginxTests), isLinux: false));
        Assert.Null(LinuxPartsAttribute.WhyNot(typeof(Lab.Host.FolderLockTests), isLinux: true));
        Assert.Null(LinuxPartsAttribute.WhyNot(typeof(Lab.PlanTableTests), isLinux: false));
        Assert.Null(LinuxPartsAttribute.WhyNot(typeof(Config.StackConfigTests), isLinux: false));
    }

    [Fact]
    public void Each_namespace_on_the_list_has_tests()
    {
        var namespaces = typeof(LinuxPartsTests).Assembly.GetTypes().Select(type => type.Namespace).ToHashSet();
        Assert.Equal([], LinuxPartsAttribute.Namespaces.Except(namespaces));
    }
}
