using System.Reflection;
using Xunit.v3;

[assembly: Infra.Tests.LinuxParts]

namespace Infra.Tests;

/// <summary>
/// Parts of the lab that only servers need run on Linux alone: locks, modes, sockets and processes as Linux has them. Elsewhere
/// their tests are skipped with that reason; all other unit tests run.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class LinuxPartsAttribute : BeforeAfterTestAttribute
{
    /// <summary>Namespaces of the tests of such parts.</summary>
    internal static readonly string[] Namespaces =
    [
        "Infra.Tests.Lab", "Infra.Tests.Node",
        "Infra.Tests.Unit.Lab.Provider", "Infra.Tests.Unit.Lab.CommandLine", "Infra.Tests.Unit.Lab.Host",
        "Infra.Tests.Unit.Lab.Mirrors",
    ];

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (WhyNot(methodUnderTest.DeclaringType!, OperatingSystem.IsLinux()) is { } reason)
        {
            Assert.Skip(reason);
        }
    }

    internal static string? WhyNot(Type tests, bool isLinux) =>
        !isLinux && Namespaces.Any(name => $"{tests.Namespace}.".StartsWith($"{name}.", StringComparison.Ordinal))
        ? "a part of the lab that runs only on Linux"
        : null;
}
