using System.Text.Json;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider.Kinds;

/// <summary>
/// Commands over SSH, as in pulumi-command 1.2.1: <c>create</c>, on changes <c>update</c> or <c>create</c> again, at the end <c>delete</c>.
/// </summary>
internal sealed class Commands(CloudContext cloud) : ResourceKind
{
    private const int SshPort = 22;
    private const int DefaultDials = 10;

    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public override string Type => Types.Command;

    public override bool ReplacedBy(string input) => input == "triggers";

    /// <summary>Whether a command must run on a Droplet before its deletion.</summary>
    public static bool RunsDeleteOn(CloudResource command, CloudResource droplet) =>
        command.Type == Types.Command && droplet.Type == Types.Droplet && command.Inputs.ContainsKey("delete")
        && command.Inputs.Map("connection")?.TextOrNull("host") == droplet.Outputs.TextOrNull("ipv4Address");

    public override void Check(CloudResource? before, CloudResource after)
    {
        var connection = after.Inputs.Map("connection")!;
        if (connection.TextOrNull("privateKey") is null || connection.ContainsKey("proxy") || connection.ContainsKey("privateKeyPassword"))
        {
            throw new ProviderException("the local cloud only supports private keys without password, and no proxy");
        }
        if (after.Inputs.Map("environment") is { Count: > 0 } environment)
        {
            // The error of a Droplet's sshd without AcceptEnv.
            throw new ProviderException(
                $"could not set environment variable \"{environment.Keys.Order(StringComparer.Ordinal).First()}\": ssh: setenv failed");
        }
    }

    public override CloudResource Reserve(CloudResource resource) =>
        resource with { Id = $"{resource.Name}{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}" };

    public override Task<CloudResource> CreateAsync(CloudResource resource) => RunAsync(resource, Operation.Create, "create");

    public override Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after) =>
        RunAsync(after, Operation.Update, after.Inputs.ContainsKey("update") ? "update" : "create");

    public override async Task DeleteAsync(CloudResource resource) => await RunAsync(resource, Operation.Delete, "delete");

    // It is unknown whether it ran; the command itself must handle a second run.
    public override Task ClearAsync(CloudResource resource) => Task.CompletedTask;

    private async Task<CloudResource> RunAsync(CloudResource resource, Operation operation, string input)
    {
        if (resource.Inputs.TextOrNull(input) is not { } command)
        {
            return resource.With("stdout", resource.Outputs.TextOrNull("stdout") ?? "")
                .With("stderr", resource.Outputs.TextOrNull("stderr") ?? "");
        }
        var connection = resource.Inputs.Map("connection")!;
        var answer = await cloud.Runtime.SshAsync(
            new(
                connection.Text("host"),
                connection.Number("port", SshPort),
                connection.TextOrNull("user") ?? "root",
                connection.Text("privateKey"),
                connection.TextOrNull("hostKey"),
                command,
                resource.Inputs.TextOrNull("stdin"),
                connection.Number("dialErrorLimit", DefaultDials)),
            cloud.Cancel);
        Report(resource, operation, answer);
        return answer.Status == 0
            ? resource.With("stdout", WithoutLastNewline(answer.Output)).With("stderr", WithoutLastNewline(answer.Errors))
            : throw new ProviderException(
                $"Process exited with status {answer.Status}: running {Quoted(command)}:\n{answer.Output}{answer.Errors}");
    }

    private void Report(CloudResource resource, Operation operation, SshAnswer answer)
    {
        var output = resource.Inputs.TextOrNull("logging") switch
        {
            "none" => "",
            "stdout" => answer.Output,
            "stderr" => answer.Errors,
            _ => answer.Output + answer.Errors,
        };
        if (output.Length > 0)
        {
            cloud.Options.Progress(new(operation, resource.Type, resource.Name, Phase.Output, WithoutLastNewline(output)));
        }
    }

    private static string WithoutLastNewline(string text) => text.EndsWith('\n') ? text[..^1] : text;

    // Go's %q and JSON are the same for the characters of a command line.
    private static string Quoted(string text) =>
        JsonSerializer.Serialize(text, s_plain);
}
