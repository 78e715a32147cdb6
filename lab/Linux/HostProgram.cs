using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Infra.Lab.Linux;

/// <summary>What a program of this machine answered.</summary>
internal sealed record ProgramAnswer(int Status, string Output, string Errors);

/// <summary>A program of this machine failed that should not: our bug, or something that the machine lacks.</summary>
internal sealed class ProgramException : Exception
{
    public ProgramException(string program, ProgramAnswer answer)
        : base($"{program} ended with {answer.Status}: {(answer.Errors.Length > 0 ? answer.Errors : answer.Output).Trim()}")
    {
        Program = program;
        Answer = answer;
        Started = true;
    }

    /// <summary>One that is not there, or that may not be run.</summary>
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

/// <summary>Runs programs of this machine. Arguments are lists: nothing passes through a shell that was not written as a script.</summary>
internal static partial class HostProgram
{
    private const uint OthersRead = 0x12; // 022

    /// <summary>
    /// What is made for servers is read by their accounts, whatever the umask of who runs this, a hardened root's 077 among them. What is
    /// secret is made with a mode of its own.
    /// </summary>
    public static void FixUmask()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetUmask(OthersRead);
        }
    }

    /// <summary>The program that runs assemblies: this process, unless it is the host of one that has loaded this one.</summary>
    public static string Dotnet { get; } = Path.GetFileName(Environment.ProcessPath) == "dotnet"
        ? Environment.ProcessPath!
        : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    /// <summary>Runs it to its end and gives what it answered, whatever its status.</summary>
    public static async Task<ProgramAnswer> AskAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, CancellationToken cancel = default)
    {
        using var process = Start(program, arguments);
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
                // It ended without reading all: its status says why.
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

    /// <summary>Runs it and gives its output.</summary>
    /// <exception cref="ProgramException">Its status is not 0.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, CancellationToken cancel = default)
    {
        var answer = await AskAsync(program, arguments, input, cancel);
        return answer.Status == 0 ? answer.Output : throw new ProgramException(program, answer);
    }

    /// <summary>A program that goes on, with its streams in the caller's hands.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
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
    /// Starts a program in a session of its own, its output in a file, so that it outlives this one and no signal of this terminal reaches it.
    /// Gives its process id.
    /// </summary>
    public static async Task<int> StartDetachedAsync(string logFile, IEnumerable<string> command, CancellationToken cancel)
    {
        var pid = await RunAsync("/bin/bash", ["-c", DetachScript, "-", logFile, .. command], null, cancel);
        return int.Parse(pid.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    // A shell, because .NET cannot start a process that shares none of its streams. What the caller of this program had open besides (a lock, a
    // pipe of a build) is closed: it would stay open for as long as the laboratory is up.
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
