using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Infra.Cli.CommandLine;

/// <summary>Output of a command: colored text in a terminal, plain text in a pipe, or JSON.</summary>
internal sealed class Terminal
{
    /// <summary>Width for pipes and files, whose readers want a row or a reason on one line: no table and no message is wider.</summary>
    private const int PipeWidth = 4096;

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public Terminal(TextWriter output, TextWriter error, bool interactive)
    {
        _output = output;
        _error = error;
        IsInteractive = interactive;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // They would write escape codes to the pipes of a known CI service.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = interactive },
            Out = new AnsiConsoleOutput(output),
        });
        if (!interactive)
        {
            Console.Profile.Width = PipeWidth;
            Console.Profile.Capabilities.Unicode = true;
        }
    }

    /// <summary>Whether the output is a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>Whether a command has ended and reported how.</summary>
    public bool HasEnded { get; set; }

    /// <summary>What <c>-</c> in place of a file means. Default: nothing.</summary>
    public TextReader Input { get; init; } = TextReader.Null;

    /// <summary>Output of tables and trees.</summary>
    public IAnsiConsole Console { get; }

    public static Terminal ForThisProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows consoles and pipes default to legacy code pages without box-drawing characters.
            System.Console.OutputEncoding = System.Text.Encoding.UTF8;
        }

        return new(System.Console.Out, System.Console.Error, interactive: !System.Console.IsOutputRedirected)
        {
            Input = System.Console.In,
        };
    }

    public void WriteJson<T>(T value, JsonTypeInfo<T> shape) => _output.WriteLine(TerminalJson.Text(value, shape));

    /// <summary>A command for pasting: a line of its own of any length, with no markup and no prefix.</summary>
    public void WriteCommand(string command) => _output.WriteLine(Printable.Text(command));

    /// <summary>Messages quote servers, programs and engines, so they are sanitized.</summary>
    public void WriteError(string message)
    {
        try
        {
            _error.WriteLine(Printable.Text(message));
        }
        catch (IOException)
        {
            // No place is left to report to; the exit status remains.
        }
    }
}
