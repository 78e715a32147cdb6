namespace Infra.Tests.Unit.Config;

/// <summary>
/// What people write who know vLLM's flags, Helm, Compose or Terraform. Values at another level, with units, or in
/// another form are moved and converted, not deleted.
/// </summary>
internal static class OtherToolsConfigurations
{
    private const string Set = "pulumi config set --path";
    private const string Rm = "pulumi config rm --path";
    private const string Chat = "endpoints.chat";
    private const string Other = "mistralai/Ministral-3-8B-Instruct-2512";
    private static readonly (string, string?) s_bare = (Chat, "null");

    public static readonly WrongConfiguration[] All =
    [
        // Names.
        Named("max_model_len", "4096", "contextLength", "4096"),
        Named("--max-model-len", "4096", "contextLength", "4096"),
        Named("contextWindow", "4096", "contextLength", "4096"),
        Named("replicaCount", "2", "replicas", "2"),
        Named("count", "2", "replicas", "2"),
        Named("instance_type", "\"gpu-h100x1-80gb\"", "size", "gpu-h100x1-80gb"),
        Named("strategy", "\"rolling\"", "rollout", "rolling"),
        Named("users", "[\"alice\"]", "clients[0]", "alice") with { Problem = $"did you mean {Chat}.clients?" },
        Named("tp", "1", "tensorParallel", "1"),
        new($"{Chat}.gpu", "\"H100\"", $"{Chat}.gpu", $"did you mean {Chat}.size?", $"{Rm} '{Chat}.gpu' && {Set} '{Chat}.size' H100")
            { Others = true },
        new("budget", "\"3\"", "budget", "did you mean maxHourlyUsd?", $"{Rm} 'budget' && {Set} 'maxHourlyUsd' 3"),
        new("HF_TOKEN", "\"x\"", "HF_TOKEN", "did you mean huggingFaceToken?",
            $"{Rm} 'HF_TOKEN' && pulumi config set --secret huggingFaceToken"),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"rpm\": 60}]", $"{Chat}.clients[0].rpm", "requestsPerMinute",
            $"{Rm} '{Chat}.clients[0].rpm' && {Set} '{Chat}.clients[0].requestsPerMinute' 60"),
        // Near by letters only.
        new($"{Chat}.dtype", "\"bfloat16\"", $"{Chat}.dtype", "is not a setting; choose from model", $"{Rm} '{Chat}.dtype'"),
        new($"{Chat}.labels", "{\"a\": \"b\"}", $"{Chat}.labels", "is not a setting; choose from model", $"{Rm} '{Chat}.labels'"),
        new($"{Chat}.enabled", "false", $"{Chat}.enabled", "each endpoint in the file is served, and costs its price",
            $"remove enabled, or all of {Chat}, from the file of the stack"),
        new($"{Chat}.replicas", "0", $"{Chat}.replicas", "to stop an endpoint, remove it", Set),

        // Levels.
        new($"{Chat}.deploy", "{\"replicas\": 2, \"resources\": {}}", $"{Chat}.deploy",
            "of what it holds, replicas can be set in the endpoint",
            $"{Rm} '{Chat}.deploy' && {Set} '{Chat}.replicas' 2"),
        new(Chat, $"{{\"spec\": {{\"model\": \"{Other}\", \"replicas\": 2}}}}", $"{Chat}.spec",
            "of what it holds, model, replicas can be set",
            $"{Rm} '{Chat}.spec' && {Set} '{Chat}.model' {Other} && {Set} '{Chat}.replicas' 2"),
        new($"{Chat}.service", "{\"type\": \"LoadBalancer\"}", $"{Chat}.service", "is not a setting; choose from model",
            $"{Rm} '{Chat}.service'"),
        new($"{Chat}.model", $"{{\"name\": \"{Other}\"}}", $"{Chat}.model", "is not text", $"{Set} '{Chat}.model' {Other}"),
        new($"{Chat}.maxHourlyUsd", "3", $"{Chat}.maxHourlyUsd", "is a setting of the stack and not of an endpoint",
            $"{Rm} '{Chat}.maxHourlyUsd' && {Set} 'maxHourlyUsd' 3"),
        new($"{Chat}.tags", "[\"team-ai\"]", $"{Chat}.tags", "is a setting of the stack and not of an endpoint",
            $"{Rm} '{Chat}.tags' && {Set} 'tags[0]' team-ai"),
        new($"{Chat}.region", "\"nyc2\"", $"{Chat}.region", "of the stack and not of an endpoint, and the stack has it",
            $"{Rm} '{Chat}.region'"),
        new("model", $"\"{Other}\"", "model", $"is a setting of an endpoint: {Chat}.model", $"{Rm} 'model' && {Set} '{Chat}.model' {Other}")
            { With = ("endpoints", null) },
        new("chat", $"{{\"model\": \"{Other}\", \"replicas\": 2}}", "chat", "is an endpoint next to endpoints",
            $"{Rm} 'chat' && {Set} '{Chat}.model' {Other} && {Set} '{Chat}.replicas' 2") { With = ("endpoints", null) },
        new("code", $"{{\"model\": \"{Other}\"}}", "code", "is an endpoint next to endpoints",
            $"{Rm} 'code' && {Set} 'endpoints.code.model' {Other}"),
        new("models", $"{{\"chat\": {{\"model\": \"{Other}\"}}}}", "models", "did you mean endpoints?",
            $"{Rm} 'models' && {Set} '{Chat}.model' {Other}") { With = ("endpoints", null) },
        new("endpoints.model", $"\"{Other}\"", "endpoints", "is a setting of an endpoint",
            $"{Rm} 'endpoints.model' && {Set} '{Chat}.model' {Other}")
            { With = s_bare },

        // Forms.
        new($"{Chat}.clients", "{\"alice\": {\"requestsPerMinute\": 5}}", $"{Chat}.clients", "is not a list",
            $"{Set} '{Chat}.clients[0].name' alice && {Set} '{Chat}.clients[0].requestsPerMinute' 5"),
        new("tags", "{\"env\": \"prod\"}", "tags", "is not a list", $"{Rm} 'tags' && {Set} 'tags[0]' env:prod"),
        new("tags", "[{\"env\": \"prod\"}]", "tags[0]", "is not text", $"{Set} 'tags[0]' env:prod"),
        new("tags", "[\"*\", \"a\"]", "tags[0]", "is not a tag", $"{Rm} 'tags[0]'"),
        new("adminCidrs", "[{\"cidr\": \"8.8.8.8/32\"}]", "adminCidrs[0]", "is not text", $"{Set} 'adminCidrs[0]' 8.8.8.8/32"),
        new($"{Chat}.replicas", "{\"min\": 1, \"max\": 4}", $"{Chat}.replicas", "is not a whole number", $"{Set} '{Chat}.replicas' 1"),

        // Units and separators.
        Number("contextLength", "32.768", "32768"),
        Number("contextLength", "16Ki", "16384"),
        Number("contextLength", "16,384 tokens", "16384"),
        Number("contextLength", "16 384", "16384"),
        Number("contextLength", "16\u202f384", "16384"),
        Number("contextLength", "1'024", "1024"),
        Number("contextLength", "\u201e4096\u201c", "4096"),
        Number("concurrency", "x2", "2"),
        Number("concurrency", "zwei", "2"),
        Number("concurrency", "trois", "3"),
        Number("readyTimeoutMinutes", "1h", "60"),
        Number("readyTimeoutMinutes", "1h30m", "90"),
        Number("readyTimeoutMinutes", "1:30", "90"),
        Number("readyTimeoutMinutes", "1800 seconds", "30"),
        Number("cacheVolumeGiB", "1TB", "1024"),
        Number("replicas", "2,5", "1"),
        Number("replicas", "2.500", "1"),
        Number("clients", "5/s", "300") with
        {
            Json = "[{\"name\": \"alice\", \"requestsPerMinute\": \"5/s\"}]",
            Key = $"{Chat}.clients[0].requestsPerMinute",
            Fix = $"{Set} '{Chat}.clients[0].requestsPerMinute' 300",
        },
        new($"{Chat}.vision", "\"none\"", $"{Chat}.vision", "is not true or false", $"{Set} '{Chat}.vision' false"),
    ];

    private static WrongConfiguration Named(string name, string json, string setting, string value) => new(
        $"{Chat}.{name}", json, $"{Chat}.{name}", $"did you mean {Chat}.{setting}?",
            $"{Rm} '{Chat}.{name}' && {Set} '{Chat}.{setting}' {value}");

    private static WrongConfiguration Number(string setting, string text, string meant) => new(
        $"{Chat}.{setting}", $"\"{text}\"", $"{Chat}.{setting}", "is not a whole number", $"{Set} '{Chat}.{setting}' {meant}");
}
