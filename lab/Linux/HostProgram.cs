using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Infra.Lab.Linux;

/// <summary>The result of a program.</summary>
internal sealed record ProgramAnswer(int Status, string Output, string Errors);

/// <summary>An unexpected failure of a program: an internal error, or something that the machine lacks.</summary>
internal sealed class ProgramException : Exception
{
    public ProgramException(string program, ProgramAnswer answer)
        : base($"{program} ended with {answer.Status}: {(answer.Errors.Length > 0 ? answer.Errors : answer.Output).Trim()}")
    {
        Program = program;
        Answer = answer;
        Started = true;
    }

    /// <summary>The program is missing or not executable.</summary>
    public ProgramException(string program, Win32Exception exception)
        : base($"{program} could not be started: {exception.Message}", exception)
    {
        Program = program;
        Answer = new ProgramAnswer(-1, "", exception.Message);
    }

    public string Program { get; }

    public bool Started { get; }

    public ProgramAnswer Answer { get; }
}

/// <summary>Runs programs of this machine. Arguments are lists: no shell parses them, except in our own scripts.</summary>
internal static partial class HostProgram
{
    private const uint OthersRead = 0x12; // 022

    /// <summary>
    /// Users on the servers read the created files, whatever the umask of the caller, such as 077 of a hardened root. Secrets get their own
    /// mode.
    /// </summary>
    public static void FixUmask()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetUmask(OthersRead);
        }
    }

    /// <summary>The dotnet host: this process, unless another host loaded this assembly.</summary>
    public static string Dotnet { get; } = Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? Environment.ProcessPath!
        : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Runs it and returns the result, whatever its exit status.</summary>
    public static async Task<ProgramAnswer> AskAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null,
        IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancel = default)
    {
        using var process = Start(program, arguments, environment);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            try
            {
                if (input is not null)
                {
                    await process.StandardInput.BaseStream.WriteAsync(input, cancel);
                }

                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading all input: its exit status has the reason.
            }

            await process.WaitForExitAsync(cancel);
            return new ProgramAnswer(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }
    }

    /// <summary>Runs it and returns its output.</summary>
    /// <exception cref="ProgramException">Its exit status is not 0.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, CancellationToken cancel = default)
    {
        var answer = await AskAsync(program, arguments, input, cancel: cancel);
        return answer.Status == 0 ? answer.Output : throw new ProgramException(program, answer);
    }

    /// <summary>Starts a program; the caller has its streams.</summary>
    /// <exception cref="ProgramException">It is missing or not executable.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        // Debian keeps daemons where a plain user's PATH does not look.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
        foreach (var (name, value) in environment ?? ReadOnlyDictionary<string, string>.Empty)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProgramException(program, exception);
        }
    }

    /// <summary>
    /// Starts a program in its own session with its output in a file, so that it outlives this process and gets no signal of this terminal.
    /// Returns its process id.
    /// </summary>
    public static async Task<int> StartDetachedAsync(string logFile, IEnumerable<string> command, CancellationToken cancel)
    {
        var pid = await RunAsync("/bin/bash", ["-c", DetachScript, "-", logFile, .. command], null, cancel);
        return int.Parse(pid.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    // Through a shell, because .NET cannot start a process without shared streams. Closes other open files of the caller (a lock, a pipe of
    // a build): otherwise they would stay open as long as the lab runs.
    private const string DetachScript =
        """
        log=$1
        shift
        for descriptor in "/proc/$BASHPID/fd/"*; do
          number=${descriptor##*/}
          ((number <= 2)) || eval "exec $number>&-"
        done
        setsid "$@" >> "$log" 2>&1 < /dev/null &
        echo $!
        """;

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetUmask(uint mask);
}
