using System.ComponentModel;
using System.Diagnostics;
using Infra.Lab.Linux;

namespace Infra.Lab.CommandLine;

/// <summary>Runs interactive programs.</summary>
internal static class Terminals
{
    /// <summary>Runs a program in this terminal and returns its exit status.</summary>
    public static async Task BecomeAsync(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(words[0]) { UseShellExecute = false };
        foreach (var word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }

        // The program handles Ctrl-C; this process ends with it.
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
