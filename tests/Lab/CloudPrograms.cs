using Infra.Lab.Cloud;
using Infra.Lab.Linux;

namespace Infra.Tests.Lab;

/// <summary>Programs inside a cloud, run as <c>./infra cloud exec</c> does, each in a process of its own.</summary>
internal static class CloudPrograms
{
    public static Task<ProgramAnswer> InsideAsync(
        this CloudLab cloud, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command)
    {
        var (words, inside) = CloudShell.Start(cloud, command, environment);
        return HostProgram.AskAsync(words[0], words[1..], environment: inside, cancel: TestContext.Current.CancellationToken);
    }
}
