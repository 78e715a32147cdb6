using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Infra.Lab.Linux;

/// <summary>
/// Replaces this process by a program, which keeps its id, its terminal and its parent: signals and exit status need no one between them.
/// </summary>
internal static partial class ProgramReplacement
{
    private const int BrokenPipe = 13; // SIGPIPE
    private const nint DefaultAction = 0; // SIG_DFL

    /// <summary>Does not return.</summary>
    /// <param name="words">The program, found in <c>PATH</c> or where Debian keeps daemons, and its arguments.</param>
    /// <param name="environment">Its complete environment.</param>
    /// <exception cref="ProgramException">It is missing or not executable.</exception>
    public static void Become(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment)
    {
        var file = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, words[0])).FirstOrDefault(File.Exists) ?? words[0];
        // .NET ignores it, and a program inherits what is ignored.
        _ = Signal(BrokenPipe, DefaultAction);
        Console.Out.Flush();
        Console.Error.Flush();
        _ = Execute(file, [.. words, null], [.. environment.Select(entry => $"{entry.Key}={entry.Value}"), null]);
        throw new ProgramException(words[0], new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int number, nint action);
}
