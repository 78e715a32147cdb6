using System.Collections.Immutable;
using Infra.Planning.Plan;

namespace Infra.Stacks;

/// <summary>
/// Where to get the system prompt of an endpoint's model, and how to send it: vLLM's tokenizer for Mistral models does not add it, and
/// reasoning models think only with it.
/// </summary>
internal static class SystemPromptOutput
{
    /// <summary>Member of the endpoint's output.</summary>
    public const string Name = "systemPrompt";

    private const string NodeFolder = "/srv/inference/models/current";

    // As the model cards send it: names and dates filled in, and the text between [THINK] and [/THINK], which are tokens and not text, as a
    // separate part.
    private const string Message =
        "def put($name; $value): split($name) | join($value); "
        + "put(\"{name}\"; $name) | put(\"{today}\"; now | strftime(\"%Y-%m-%d\")) | put(\"{yesterday}\"; now - 86400 | "
        + "strftime(\"%Y-%m-%d\"))"
        + " | . as $text | split(\"[THINK]\") as [$before, $rest] | ($rest // \"\" | split(\"[/THINK]\")) as [$thinking, $after]"
        + " | {model: $model, messages: [{role: \"system\", content: (if $after then [{type: \"text\", text: $before}, {type: "
        + "\"thinking\", thinking: $thinking, closed: true},"
        + " {type: \"text\", text: $after}] else $text end)}, {role: \"user\", content: $question}]}";

    /// <summary>Its file, address, and commands that print it and that send it with a question; null if the model has none.</summary>
    /// <param name="plan">The endpoint.</param>
    /// <param name="address">Public address of the first node.</param>
    /// <param name="curl">The command without the prompt; its body is replaced.</param>
    public static ImmutableDictionary<string, object?>? Of(EndpointPlan plan, string address, string curl)
    {
        var model = plan.Placement.Model;
        if (model.SystemPrompt is not { } file)
        {
            return null;
        }

        var read =
            "ssh -i ops.key -o IdentitiesOnly=yes -o UserKnownHostsFile=known_hosts -o StrictHostKeyChecking=yes "
                + $"ops@{address} cat {NodeFolder}/{file}";
        var body =
            $"{read} | jq -Rs --arg model '{plan.ServedModelName}' --arg name '{model.Id[(model.Id.LastIndexOf('/') + 1)..]}' "
                + $"--arg question 'Hello' '{Message}'";
        return new Dictionary<string, object?>
        {
            ["file"] = file,
            ["url"] = $"{plan.Hub.TrimEnd('/')}/{model.Id}/resolve/{plan.Revision}/{file}",
            ["print"] = read,
            ["curl"] = $"{body} | {curl[..curl.IndexOf(" -d ", StringComparison.Ordinal)]} --data-binary @-",
        }.ToImmutableDictionary();
    }
}
