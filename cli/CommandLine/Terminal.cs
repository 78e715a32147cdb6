using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Infra.Cli.CommandLine;

/// <summary>Where a command writes: people's text with colour in a terminal and plain when piped, machines' JSON.</summary>
internal sealed class Terminal
{
    /// <summary>Width when the output is a pipe or a file: wide enough that no table is folded.</summary>
    private const int PipeWidth = 240;

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
            Out = new AnsiConsoleOutput(output),
        });
        if (!interactive)
        {
            Console.Profile.Width = PipeWidth;
            Console.Profile.Capabilities.Unicode = true;
        }
    }

    /// <summary>Whether a person watches.</summary>
    public bool IsInteractive { get; }

    /// <summary>Tables and trees go here.</summary>
    public IAnsiConsole Console { get; }

    public static Terminal ForThisProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            // Its consoles and pipes have a code page of old, which lacks the lines of tables.
            System.Console.OutputEncoding = System.Text.Encoding.UTF8;
        }

        return new(System.Console.Out, System.Console.Error, interactive: !System.Console.IsOutputRedirected);
    }

    public void WriteJson<T>(T value, JsonTypeInfo<T> shape) => _output.WriteLine(TerminalJson.Text(value, shape));

    /// <summary>A command to be pasted: a line of its own, however long, with nothing before or in it.</summary>
    public void WriteCommand(string command) => _output.WriteLine(Printable.Text(command));

    /// <summary>Messages quote servers, programs and engines: they are cleaned.</summary>
    public void WriteError(string message) => _error.WriteLine(Printable.Text(message));
}
