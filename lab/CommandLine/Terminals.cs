using System.ComponentModel;
using System.Diagnostics;
using Infra.Lab.Linux;

namespace Infra.Lab.CommandLine;

/// <summary>Programs that take over the terminal of a command.</summary>
internal static class Terminals
{
    /// <summary>Runs a program with this one's terminal and ends as it does, with its status.</summary>
    public static async Task BecomeAsync(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false };
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        // Ctrl-C is the program's; this one ends when that does.
        Console.CancelKeyPress += static (_, press) => press.Cancel = true;
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            Environment.Exit(process.ExitCode);
        }
        catch (Win32Exception exception)
        {
            throw new ProgramException(words[0], exception);
        }
    }
}
