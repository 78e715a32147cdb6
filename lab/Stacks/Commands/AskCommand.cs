using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;

namespace Infra.Lab.Stacks.Commands;

/// <summary><c>./infra ask "..."</c>: sends a question to a running model, through TLS and with a key.</summary>
internal static class AskCommand
{
    private static readonly Argument<string> Question = new("question") { Description = "The question." };
    private static readonly Option<string?> Stack = StackChoice.Option();
    private static readonly Option<string?> Endpoint = new("--endpoint") { Description = "Name of an endpoint. Default: the first." };
    private static readonly Option<string?> Client = new("--client")
    {
        Description = "Name of the client whose key is sent. Default: the first.",
    };
    private static readonly Option<int> Tokens = new("--max-tokens")
    {
        Description = "Longest answer, in tokens.",
        DefaultValueFactory = _ => 256,
    };

    private static readonly Option<bool> NoSystemPrompt = new("--no-system-prompt")
    {
        Description = "Do not send the model's system prompt (SYSTEM_PROMPT.txt).",
    };

    public static Command Create(Terminal terminal)
    {
        var command = new Command("ask",
            "Send a question to a running model, with its system prompt.") { Question, Stack, Endpoint, Client, Tokens, NoSystemPrompt };
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, json: false, async () =>
        {
            var question = parsed.GetValue(Question)!;
            if (string.IsNullOrWhiteSpace(question))
            {
                throw LabUserError.Of("question", question, "is empty", "./infra ask \"What is a firewall?\"");
            }

            await StackChoice.WithUpAsync(parsed.GetValue(Stack), lab => AskAsync(terminal, lab, parsed, question, cancel));
        }));
        return command;
    }

    private static async Task AskAsync(
        Terminal terminal, LabStack lab, ParseResult parsed, string question, CancellationToken cancel)
    {
        var endpoint = Choose(lab, parsed.GetValue(Endpoint));
        var client = parsed.GetValue(Client);
        if (client is not null && !endpoint.Clients.Contains(client, StringComparer.Ordinal))
        {
            throw LabUserError.Of("--client", client,
                $"is not a client of {endpoint.Name}; choose from {string.Join(", ", endpoint.Clients)}",
                $"--client {endpoint.Clients[0]}");
        }

        using var model = lab.Client(endpoint, client);
        try
        {
            var system = parsed.GetValue(NoSystemPrompt) ? null
                : await lab.SystemMessageAsync(endpoint, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().Date), cancel);
            terminal.Console.Profile.Out.Writer.WriteLine(
                Printable.Text(await model.AskAsync(question, parsed.GetValue(Tokens), system, cancel)));
        }
        catch (IOException exception) when (!exception.Message.Contains("Operation not permitted", StringComparison.Ordinal))
        {
            throw LabUserError.Of(
                $"endpoints.{endpoint.Name}", null, exception.Message, $"./infra ask {NoSystemPrompt.Name} \"{question}\"");
        }
        catch (HttpRequestException exception)
        {
            throw LabUserError.Of($"endpoints.{endpoint.Name}", null, $"did not answer: {exception.Message}", "./infra status");
        }
    }

    private static EndpointAccess Choose(LabStack lab, string? name)
    {
        var endpoints = lab.Endpoints();
        if (endpoints.Count == 0)
        {
            throw LabUserError.Of("lab", lab.Stack, "has not reached its first answer", $"./infra up {lab.Stack}");
        }

        return name is null ? endpoints[0] : endpoints.FirstOrDefault(endpoint => endpoint.Name == name)
            ?? throw LabUserError.Of("--endpoint", name,
                $"is not an endpoint of {lab.Stack}; choose from {string.Join(", ", endpoints.Select(endpoint => endpoint.Name))}",
                $"--endpoint {endpoints[0].Name}");
    }
}
