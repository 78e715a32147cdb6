using System.CommandLine;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Lab.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Stacks.Views;

namespace Infra.Lab.Stacks.Commands;

/// <summary><c>./infra up</c>: starts the stack on this machine and waits for the model's first answer.</summary>
internal static class UpCommand
{
    private const string FirstQuestion = "Say hello in one sentence.";
    private const int FirstAnswerTokens = 64;

    /// <summary>Two health checks, 5 seconds apart, plus a margin for a busy machine.</summary>
    private static readonly TimeSpan BalancerPatience = TimeSpan.FromSeconds(60);

    private static readonly Argument<string> Stack = new("stack")
    {
        Description = "Name of a stack: the STACK of Pulumi.STACK.yaml.",
        DefaultValueFactory = _ => LabStack.DefaultStack,
    };

    private static readonly Option<double?> TokensPerSecond = new("--tokens-per-second")
    {
        Description = "Speed of a stream of the fake engine; 0: unlimited. Default: the bound that the plan computes for the card.",
    };

    private static readonly Option<string> Base = new("--base")
    {
        Description =
            $"Release of new servers: {string.Join(", ", ServerBase.All.Select(known => known.Name))}. ubuntu-24.04 needs "
                + "Ubuntu's archive.",
        DefaultValueFactory = _ => ServerBase.Default,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Stack, "up");
        var command = new Command("up", "Start a stack on this machine: real servers, a fake engine. Ends with the model's first answer.")
        {
            Stack, Base, TokensPerSecond, Json,
        };
        Stack.CompletionSources.Add(static _ => StackChoice.Project().Stacks);
        command.SetAction((parsed, cancel) => LabFailure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
        {
            var release = parsed.GetValue(Base)!;
            if (ServerBase.Find(release) is null)
            {
                throw LabUserError.Of("--base", release,
                    $"must be one of {string.Join(", ", ServerBase.All.Select(known => known.Name))}",
                    $"./infra up --base {ServerBase.Default}");
            }

            var lab = LabStack.Of(StackChoice.Project(), StackName.Of(parsed.GetValue(Stack)!));
            var speed = EngineSpeed.Default with { TokensPerSecond = parsed.GetValue(TokensPerSecond) };
            var view = new UpView(terminal, lab);
            LabReport? report = null;
            UpResult result;
            await using (view.Watch(cancel))
            {
                result = await lab.UpAsync(
                    new UpOptions
                    {
                        Print = view.Print,
                        Progress = view.Report,
                        Speed = speed,
                        Base = release,
                        Finish = async (result, cancel) =>
                            report = LabReport.Of(lab, result, await FirstAnswersAsync(lab, cancel)),
                    },
                    cancel);
            }

            if (result.Failures.Count > 0 || report is null)
            {
                throw new DeploymentFailure(result.Failures);
            }

            if (parsed.GetValue(Json))
            {
                terminal.WriteJson(report, ViewJson.Default.LabReport);
            }
            else
            {
                LabView.Write(terminal, report);
            }
        }));
        return command;
    }

    /// <summary>The first answer of each endpoint.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> FirstAnswersAsync(LabStack lab, CancellationToken cancel)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var endpoint in lab.Endpoints())
        {
            using var client = lab.Client(endpoint);
            try
            {
                answers[endpoint.Name] = await client.AskWithRetryAsync(FirstQuestion, FirstAnswerTokens, BalancerPatience, cancel);
            }
            catch (HttpRequestException exception)
            {
                throw LabUserError.Of($"endpoints.{endpoint.Name}", null, $"started but does not answer: {exception.Message}",
                    $"./infra status {lab.Stack}");
            }
        }

        return answers;
    }
}
