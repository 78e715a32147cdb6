namespace Infra.Tests.Unit.Config;

/// <summary>One edit that makes a right configuration wrong, and what is said of it.</summary>
/// <param name="Path">What is edited.</param>
/// <param name="Json">Its new value; null removes it.</param>
/// <param name="Key">Path that the message names.</param>
/// <param name="Problem">A part of the message.</param>
/// <param name="Fix">A part of the command.</param>
public sealed record WrongConfiguration(string Path, string? Json, string Key, string Problem, string Fix)
{
    /// <summary>Another edit, which is right by itself.</summary>
    public (string Path, string? Json)? With { get; init; }

    /// <summary>Whether it leads to more errors: the first is this one.</summary>
    public bool Others { get; init; }

    public override string ToString() => $"{Path} = {(Json is null ? "(missing)" : Json.Length > 200 ? $"{Json[..200]}..." : Json)}";
}

/// <summary>The table of wrong configurations: each has one error.</summary>
internal static class WrongConfigurations
{
    private const string Set = "pulumi config set --path";
    private const string Chat = "endpoints.chat";

    public static readonly WrongConfiguration[] All =
    [
        // More than DigitalOcean takes.
        new("adminCidrs", Many(1001, "20.0"), "adminCidrs", "are more than a rule of a Cloud Firewall allows, at most 1000",
            "pulumi config rm --path 'adminCidrs[1000]'")
            { Others = true },
        new($"{Chat}.clientCidrs", Many(1001, "10.7"), $"{Chat}.clientCidrs",
            "are more than a rule of a Cloud Firewall allows, at most 1000", $"pulumi config rm --path '{Chat}.clientCidrs[1000]'")
            { Others = true },
        new("adminCidrs", Many(1000, "200.100"), "adminCidrs", "make the user data of",
            "merge adjacent ranges, or remove some, in the file of the stack")
        {
            With = ($"{Chat}.clientCidrs", Many(999, "10.100")),
        },
        new($"{Chat}.clientTags", Many(401, "tag", ""), $"{Chat}.clientTags", "with these clientCidrs allows, at most 400",
            $"pulumi config rm --path '{Chat}.clientTags[400]'") { With = ($"{Chat}.clientCidrs", Many(600, "10.7")) },
        new($"{Chat}.clientCidrs", Many(501, "10.7"), $"{Chat}.clientCidrs",
            "are more than the allow-list of a load balancer allows, at most 500",
            $"pulumi config rm --path '{Chat}.clientCidrs[500]'") { With = ($"{Chat}.access", "\"internal\"") },

        // Required settings.
        new("region", null, "region", "is missing", Set),
        new("adminCidrs", null, "adminCidrs", "is missing", $"{Set} 'adminCidrs[0]'"),
        new("adminCidrs", "[]", "adminCidrs[0]", "is missing", $"{Set} 'adminCidrs[0]'"),
        new("endpoints", null, "endpoints", "is missing", $"{Set} 'endpoints.chat.model'"),
        new("endpoints", "{}", "endpoints.chat.model", "no endpoint", $"{Set} 'endpoints.chat.model'"),
        new($"{Chat}.model", null, $"{Chat}.model", "is missing", $"{Set} '{Chat}.model' mistralai/"),
        new($"{Chat}.model", "\"\"", $"{Chat}.model", "is empty", Set),
        new($"{Chat}.model", "null", $"{Chat}.model", "has no value", Set),

        // Keys that are none.
        new("regoin", "\"tor1\"", "regoin", "did you mean region, which is set, too?", "pulumi config rm --path 'regoin'"),
        new("regoin", "\"tor1\"", "regoin", "did you mean region?", $"pulumi config rm --path 'regoin' && {Set} 'region' tor1")
        {
            With = ("region", null),
        },
        new("Region", "\"tor1\"", "Region", "did you mean region", "pulumi config rm --path 'Region'"),
        new("adminCidr", "[\"203.0.113.7/32\"]", "adminCidr", "did you mean adminCidrs", "pulumi config rm"),
        new("admincidrs", "[\"203.0.113.7/32\"]", "admincidrs", "did you mean adminCidrs", "pulumi config rm"),
        new("admincidrs", "[\"203.0.113.7/32\", \"192.0.2.0/24\"]", "admincidrs", "did you mean adminCidrs?",
            $"&& {Set} 'adminCidrs[0]' 203.0.113.7/32 && {Set} 'adminCidrs[1]' 192.0.2.0/24") { With = ("adminCidrs", null) },
        new("Endpoints", $"{{\"chat\": {{\"model\": \"{Configs.Model}\", \"replicas\": 3, \"clients\": [\"a\", {{\"name\": \"b\"}}]}}}}",
            "Endpoints", "did you mean endpoints?", $"pulumi config rm --path 'Endpoints' && {Set} '{Chat}.model' {Configs.Model} && "
            + $"{Set} '{Chat}.replicas' 3 && {Set} '{Chat}.clients[0]' a && {Set} '{Chat}.clients[1].name' b")
            { With = ("endpoints", null) },
        new("endpoints", $"{{\"model\": \"{Configs.Model}\", \"replicas\": 2}}", "endpoints",
            "has a name for each endpoint first: endpoints.chat.model",
            $"pulumi config rm --path 'endpoints.model' && {Set} '{Chat}.model' {Configs.Model} && "
            + $"pulumi config rm --path 'endpoints.replicas' && {Set} '{Chat}.replicas' 2"),
        new("huggingfaceToken", "\"hf_0123456789abcdef0123\"", "huggingfaceToken", "did you mean huggingFaceToken",
            "pulumi config rm --path 'huggingfaceToken' && pulumi config set --secret huggingFaceToken"),
        new("endpoints.chat.modle", "\"x\"", $"{Chat}.modle", $"did you mean {Chat}.model", $"pulumi config rm --path '{Chat}.modle'"),
        new($"{Chat}.replica", "2", $"{Chat}.replica", $"did you mean {Chat}.replicas",
            $"pulumi config rm --path '{Chat}.replica' && {Set} '{Chat}.replicas' 2"),
        new($"{Chat}.gpu_memory_utilization", "0.9", $"{Chat}.gpu_memory_utilization", $"did you mean {Chat}.gpuMemoryUtilization",
            "pulumi config rm"),
        new($"{Chat}.engine.verson", "\"0.31.0\"", $"{Chat}.engine.verson", $"did you mean {Chat}.engine.version", "pulumi config rm"),
        new("engine.image", "\"x\"", "engine.image", "is not a setting", "pulumi config rm"),

        new("replicas", "2", "replicas", "is a setting of an endpoint: endpoints.chat.replicas",
            $"pulumi config rm --path 'replicas' && {Set} '{Chat}.replicas' 2"),
        new("inference", "{\"region\": \"nyc2\", \"tags\": [\"a\"]}", "inference", "is a namespace and no setting",
            $"pulumi config rm --path 'inference' && {Set} 'region' nyc2 && {Set} 'tags[0]' a") { With = ("region", null) },

        // Values of another type.
        new($"{Chat}.replicas", "\"two\"", $"{Chat}.replicas", "is not a whole number", Set),
        new($"{Chat}.replicas", "1.5", $"{Chat}.replicas", "is not a whole number", Set),
        new($"{Chat}.replicas", "true", $"{Chat}.replicas", "is not a whole number", Set),
        new($"{Chat}.replicas", "[2]", $"{Chat}.replicas", "is not a whole number", Set),
        new($"{Chat}.replicas", "99999999999", $"{Chat}.replicas", "is not a whole number", Set),
        new($"{Chat}.contextLength", "\"8k\"", $"{Chat}.contextLength", "is not a whole number", Set),
        new($"{Chat}.gpuMemoryUtilization", "\"NaN\"", $"{Chat}.gpuMemoryUtilization", "is not a number", Set),
        new($"{Chat}.gpuMemoryUtilization", "1e999", $"{Chat}.gpuMemoryUtilization", "is not a number", Set),
        new($"{Chat}.gpuMemoryUtilization", "\"90%\"", $"{Chat}.gpuMemoryUtilization", "is not a number", Set),
        new($"{Chat}.vision", "\"yes\"", $"{Chat}.vision", "is not true or false", Set),
        new($"{Chat}.replicas", "\"2,\"", $"{Chat}.replicas", "is not a whole number", $"{Set} '{Chat}.replicas' 2"),
        new($"{Chat}.replicas", "\"Two\"", $"{Chat}.replicas", "is not a whole number", $"{Set} '{Chat}.replicas' 2"),
        new($"{Chat}.vision", "\"nein\"", $"{Chat}.vision", "is not true or false", $"{Set} '{Chat}.vision' false"),
        new("maxHourlyUsd", "\"1.000,50\"", "maxHourlyUsd", "is not a number", $"{Set} 'maxHourlyUsd' 1000.50"),
        new($"{Chat}.access", "\"open\"", $"{Chat}.access", "choose one of private, internal, public", Set),
        new($"{Chat}.access", "1", $"{Chat}.access", "choose one of private, internal, public", Set),
        new($"{Chat}.access", "\"Public\"", $"{Chat}.access", "choose one of private, internal, public", $"{Set} '{Chat}.access' public")
        {
            With = (Chat, $"{{\"model\": \"{Configs.Model}\", \"domain\": \"llm.example.com\", \"clientCidrs\": [\"8.8.8.0/24\"]}}"),
        },
        new($"{Chat}.access", "\"everyone\"", $"{Chat}.access", "choose one of private, internal, public", $"{Set} '{Chat}.access' public")
        {
            With = (Chat, $"{{\"model\": \"{Configs.Model}\", \"domain\": \"llm.example.com\", \"clientCidrs\": [\"8.8.8.0/24\"]}}"),
        },
        new($"{Chat}.rollout", "\"ROLLING\"", $"{Chat}.rollout", "choose one of", $"{Set} '{Chat}.rollout' rolling"),
        new($"{Chat}.engine", "\"Venv\"", $"{Chat}.engine", "is not a map",
            $"pulumi config rm --path '{Chat}.engine' && {Set} '{Chat}.engine.install' venv"),
        new($"{Chat}.kvCacheDtype", "\"fp16\"", $"{Chat}.kvCacheDtype", "choose one of auto, fp8", Set),
        new($"{Chat}.rollout", "\"serial\"", $"{Chat}.rollout", "choose one of parallel, rolling", Set),
        new($"{Chat}.availability", "[\"on-demand\"]", $"{Chat}.availability[0]", "choose one of onDemand, spot, contract", Set),
        new($"{Chat}.availability", "\"ondemand\"", $"{Chat}.availability", "is not a list", $"{Set} '{Chat}.availability[0]' onDemand"),
        new($"{Chat}.availability", "[\"spot\"]", $"{Chat}.availability", "leaves no size", $"{Set} '{Chat}.availability[0]' onDemand"),
        new($"{Chat}.clients", "\"alice\"", $"{Chat}.clients", "is not a list",
            $"pulumi config rm --path '{Chat}.clients' && {Set} '{Chat}.clients[0]'"),
        new($"{Chat}.clients", "{\"alice\": true}", $"{Chat}.clients", "is not a list", $"{Set} '{Chat}.clients[0]'"),
        new($"{Chat}.clients", "[true]", $"{Chat}.clients[0]", "is not text", Set),
        new($"{Chat}.clients", "[[\"alice\"]]", $"{Chat}.clients[0]", "is not text", $"{Set} '{Chat}.clients[0]' alice"),
        new($"{Chat}.clients", "[null]", $"{Chat}.clients[0]", "its settings are name, requestsPerMinute, concurrent",
            $"{Set} '{Chat}.clients[0]' alice"),
        new($"{Chat}.clients", "[{\"concurrent\": 4}]", $"{Chat}.clients[0].name", "is missing", $"{Set} '{Chat}.clients[0].name' alice"),
        new($"{Chat}.clients", "[{\"name\": [\"alice\"]}]", $"{Chat}.clients[0].name", "is not text",
            $"{Set} '{Chat}.clients[0].name' alice"),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"concurrent\": \"many\"}]", $"{Chat}.clients[0].concurrent",
            "is not a whole number", $"{Set} '{Chat}.clients[0].concurrent' 8"),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"requestPerMinute\": 5}]", $"{Chat}.clients[0].requestPerMinute", "did you mean",
            $"{Set} '{Chat}.clients[0].requestsPerMinute' 5"),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"key\": \"x\"}]", $"{Chat}.clients[0].key",
            "choose from name, requestsPerMinute, concurrent", "pulumi config rm"),
        new($"{Chat}.engine", "\"0.31.0\"", $"{Chat}.engine", "is not a map; its settings are install, version",
            $"{Set} '{Chat}.engine.version' 0.31.0"),
        new("endpoints", "[]", "endpoints", "is not a map", $"{Set} 'endpoints.chat.model'"),
        new("endpoints", "\"mistral\"", "endpoints", "is not a map", $"{Set} 'endpoints.chat.model'"),
        new(Chat, "\"mistral\"", Chat, "is not a map; its settings are model", $"{Set} '{Chat}.model'"),
        new("adminCidrs", "\"203.0.113.7/32\"", "adminCidrs", "is not a list",
            "pulumi config rm --path 'adminCidrs' && pulumi config set --path 'adminCidrs[0]'"),
        new("adminCidrs", "[null]", "adminCidrs[0]", "has no value", Set),
        new("maxHourlyUsd", "\"cheap\"", "maxHourlyUsd", "is not a number", Set),
        new("ignoreAvailability", "\"maybe\"", "ignoreAvailability", "is not true or false", Set),
        new("engine.install", "\"docker\"", "engine.install", "choose one of container, venv", Set),

        // Names.
        new("endpoints.Chat.model", $"\"{Configs.Model}\"", "endpoints.Chat", "has a name that is not a lower-case letter",
            $"pulumi config rm --path 'endpoints.Chat' && {Set} 'endpoints.chat-2.model' {Configs.Model}"),
        new("endpoints.o'k.model", $"\"{Configs.Model}\"", "endpoints[\"o'k\"]", "has a name that is not",
            @"pulumi config rm --path 'endpoints[""o'\''k""]' && "),
        new("endpoints.my_chat.model", $"\"{Configs.Model}\"", "endpoints.my_chat", "has a name that is not", "pulumi config rm"),
        new("endpoints.chat:2.model", $"\"{Configs.Model}\"", "endpoints[\"chat:2\"]", "has a name that is not",
            "pulumi config rm --path 'endpoints[\"chat:2\"]'"),
        new("endpoints.a-name-of-an-endpoint-that-is-too-long.model", $"\"{Configs.Model}\"",
            "endpoints.a-name-of-an-endpoint-that-is-too-long", "has a name that is not", "pulumi config rm"),
        new("endpoints.2nd.model", $"\"{Configs.Model}\"", "endpoints.2nd", "has a name that is not", "pulumi config rm"),
        new($"{Chat}.clients", "[\"Alice Smith\"]", $"{Chat}.clients[0]", "is not a lower-case letter followed", Set),
        new($"{Chat}.clients", "[\"alice\", \"alice\"]", $"{Chat}.clients[1]", "is a duplicate",
            $"pulumi config rm --path '{Chat}.clients[1]'"),
        new($"{Chat}.clients", "[\"alice\", {\"name\": \"alice\"}]", $"{Chat}.clients[1]", "is a duplicate",
            $"pulumi config rm --path '{Chat}.clients[1]'"),
        new($"{Chat}.clients", "[\"bob\", {\"name\": \"Alice\"}]", $"{Chat}.clients[1]", "is not a lower-case letter followed", Set),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"requestsPerMinute\": 0}]", $"{Chat}.clients[0].requestsPerMinute",
            "must be 1 to 1000000 requests per minute", Set),
        new($"{Chat}.clients", "[{\"name\": \"alice\", \"concurrent\": 65536}]", $"{Chat}.clients[0].concurrent",
            "must be 1 to 65535 concurrent requests", Set),
        new($"{Chat}.clients", "[\"\"]", $"{Chat}.clients[0]", "is empty", Set),
        new($"{Chat}.corsOrigins", "\"https://app.example.com\"", $"{Chat}.corsOrigins", "is not a list",
            $"{Set} '{Chat}.corsOrigins[0]' https://app.example.com"),
        new($"{Chat}.corsOrigins", "[\"*\"]", $"{Chat}.corsOrigins[0]", "list each origin",
            $"{Set} '{Chat}.corsOrigins[0]' https://app.example.com"),
        new($"{Chat}.corsOrigins", "[\"https://*.example.com\"]", $"{Chat}.corsOrigins[0]", "list each origin", Set),
        new($"{Chat}.corsOrigins", "[\"https://app.example.com/\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"https://app.example.com:443\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"http://localhost:80\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"https://App.example.com\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"http://app.example.com\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"app.example.com\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"null\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"https://a.example\\\"; return 200\"]", $"{Chat}.corsOrigins[0]", "is not an origin", Set),
        new($"{Chat}.corsOrigins", "[\"https://a.example\", \"https://a.example\"]", $"{Chat}.corsOrigins[1]", "is a duplicate",
            $"pulumi config rm --path '{Chat}.corsOrigins[1]'"),
        new($"{Chat}.clients", "[\"alice\\nbob\"]", $"{Chat}.clients[0]", "white space", Set),
        new("tags", "[\"team ai\"]", "tags[0]", "is not a tag", Set),
        new("tags", "[\"a\", \"A\"]", "tags[1]", "is a duplicate", "pulumi config rm --path 'tags[1]'"),
        new("tags", "[\"inference:prod:chat\"]", "tags[0]", "begins with inference:", Set),
        new($"{Chat}.clientTags", "[\"web.1\"]", $"{Chat}.clientTags[0]", "is not a tag", Set),
        new($"{Chat}.servedModelName", "\"my model\"", $"{Chat}.servedModelName", "must begin with a letter or digit", Set),
        new($"{Chat}.servedModelName", "\"--help\"", $"{Chat}.servedModelName", "must begin with a letter or digit", Set),

        // Who may open SSH.
        new("adminCidrs", "[\"0.0.0.0/0\"]", "adminCidrs[0]", "opens SSH to the whole world", Set),
        new("adminCidrs", "[\"203.0.113.7/32\", \"::/0\"]", "adminCidrs[1]", "opens SSH to the whole world",
            "pulumi config rm --path 'adminCidrs[1]'"),
        new("adminCidrs", "[\"64.0.0.0/7\"]", "adminCidrs[0]", "opens SSH to a large part of the world", Set),
        new("adminCidrs", "[\"203.0.113.7/32\", \"2001:db8::/31\"]", "adminCidrs[1]", "at most a /32",
            "pulumi config rm --path 'adminCidrs[1]'"),
        new("adminCidrs", "[\"64.0.0.0/8\", \"65.0.0.0/8\"]", "adminCidrs[0]", "more addresses together than a /8",
            "pulumi config rm --path 'adminCidrs[0]'"),
        new("adminCidrs", "[\"203.0.113.7/32\", \"2001:db8::/32\", \"2001:db9::/32\"]", "adminCidrs[1]",
            "more addresses together than a /32", "pulumi config rm --path 'adminCidrs[1]'"),
        new("adminCidrs", "[\"2001:db8::7/128\"]", "adminCidrs[0]", "the Droplets only have IPv4", $"{Set} 'adminCidrs[1]' \"$(curl"),
        new("adminCidrs", "[\"192.168.1.0/24\", \"100.64.0.0/16\"]", "adminCidrs[0]", "SSH goes to the public addresses",
            $"{Set} 'adminCidrs[2]' \"$(curl"),
        new("adminCidrs", "[\"1.1.1.1/8\"]", "adminCidrs[0]", "has bits set beyond", $"{Set} 'adminCidrs[0]' 1.1.1.1/32"),
        new("adminCidrs", "[\"203.0.113.7\"]", "adminCidrs[0]", "as a range of this one address it is 203.0.113.7/32",
            $"{Set} 'adminCidrs[0]' 203.0.113.7/32"),
        new("adminCidrs", "[\"2001:db8::7\", \"203.0.113.7/32\"]", "adminCidrs[0]", "2001:db8::7/128", Set),
        new("adminCidrs", "[\"203.0.113.7/24\"]", "adminCidrs[0]", "the range that holds it is 203.0.113.0/24",
            $"{Set} 'adminCidrs[0]' 203.0.113.0/24"),
        new("adminCidrs", "[\"203.0.113.7/33\"]", "adminCidrs[0]", "a number from 0 to 32", Set),
        new("adminCidrs", "[\"203.0.113.7/032\"]", "adminCidrs[0]", "a number from 0 to 32", Set),
        new("adminCidrs", "[\"203.0.113/24\"]", "adminCidrs[0]", "is not an address range", Set),
        new("adminCidrs", "[\"010.0.0.1/32\"]", "adminCidrs[0]", "is not an address range", Set),
        new("adminCidrs", "[\"office.example.com/32\"]", "adminCidrs[0]", "is not an address range", Set),
        new("adminCidrs", "[\"\"]", "adminCidrs[0]", "is empty", Set),
        new("adminCidrs", "[\" 203.0.113.7/32\"]", "adminCidrs[0]", "white space", Set),
        new("adminCidrs", "[\"127.0.0.1/32\"]", "adminCidrs[0]", "is not an address that can connect", Set),
        new("adminCidrs", "[\"203.0.113.7/32\", \"203.0.113.7/32\"]", "adminCidrs[1]", "is a duplicate",
            "pulumi config rm --path 'adminCidrs[1]'"),
        new("adminSshKeys", "[\"ssh-dss AAAAB3NzaC1kc3M=\"]", "adminSshKeys[0]", "is not an SSH public key", Set),
        new("adminSshKeys", "[\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\"]", "adminSshKeys[0]", "is truncated", Set),
        new("adminSshKeys", "[\"~/.ssh/id_ed25519.pub\"]", "adminSshKeys[0]", "is not an SSH public key", "cat ~/.ssh"),
        new("adminSshKeys", "[\"-----BEGIN OPENSSH PRIVATE KEY----- b3Bl\"]", "adminSshKeys[0]", "is a private key", Set),

        // The network.
        new("vpcCidr", "\"10.100.0.0\"", "vpcCidr", "10.100.0.0/32", Set),
        new("vpcCidr", "\"10.100.0.1/20\"", "vpcCidr", "the range that holds it is 10.100.0.0/20", Set),
        new("vpcCidr", "\"203.0.113.0/24\"", "vpcCidr", "is not private", Set),
        new("vpcCidr", "\"10.0.0.0/8\"", "vpcCidr", "must be a /16 to a /24", Set),
        new("vpcCidr", "\"10.100.0.0/28\"", "vpcCidr", "must be a /16 to a /24", Set),
        new("vpcCidr", "\"10.244.16.0/20\"", "vpcCidr", "overlaps 10.244.0.0/16, which DigitalOcean reserves", Set),
        new("vpcCidr", "\"10.20.0.0/20\"", "vpcCidr", "in tor1", Set),
        new($"{Chat}.clientCidrs", "[\"198.51.100.0/24\"]", $"{Chat}.clientCidrs[0]", "is not inside 10.0.0.0/8",
            $"pulumi config rm --path '{Chat}.clientCidrs[0]'"),
        new($"{Chat}.clientCidrs", "[\"10.100.0.0/20\", \"0.0.0.0/0\"]", $"{Chat}.clientCidrs[1]", "is not inside 10.0.0.0/8",
            $"pulumi config rm --path '{Chat}.clientCidrs[1]'"),
        new($"{Chat}.clientCidrs", "[\"10.100.0.5/20\"]", $"{Chat}.clientCidrs[0]", "the range that holds it", Set),
        new($"{Chat}.domain", "\"llm.example.com\"", $"{Chat}.domain", "or set access to public",
            $"pulumi config rm --path '{Chat}.domain'"),
        new($"{Chat}.dnsZone", "\"example.com\"", $"{Chat}.dnsZone", "or set access to public",
            $"pulumi config rm --path '{Chat}.dnsZone'"),

        // Models, sizes, engines.
        new("region", "\"TOR1\"", "region", "is not a region slug", Set),
        new("region", "\"tor2\"", "region", "did you mean tor1", Set),
        new("region", "\"mem1\"", "region", "fits on no size in mem1", $"{Set} 'region'"),
        new("region", "\"Toronto\"", "region", "is not a region slug", $"{Set} 'region' tor1"),
        new($"{Chat}.model", "\"Ministral-3-3B\"", $"{Chat}.model", "did you mean mistralai/Ministral-3-3B-",
            $"{Set} '{Chat}.model' mistralai/Ministral-3-3B-"),
        new($"{Chat}.model", "\"openai/gpt-4\"", $"{Chat}.model", "Known: mistralai/", $"{Set} '{Chat}.model' {Configs.Model}"),
        new($"{Chat}.revision", "\"main\"", $"{Chat}.revision", "is not a commit", "pulumi config rm --path"),
        new($"{Chat}.revision", "\"b35d4df\"", $"{Chat}.revision", "is not a commit", "pulumi config rm --path"),
        new($"{Chat}.size", "\"gpu-h100\"", $"{Chat}.size", "did you mean gpu-h100x1-80gb", $"{Set} '{Chat}.size' gpu-h100x1-80gb"),
        new($"{Chat}.size", "\"s-1vcpu-1gb\"", $"{Chat}.size", "Known: gpu-", $"pulumi config rm --path '{Chat}.size'"),
        new($"{Chat}.size", "\"GPU H100\"", $"{Chat}.size", "is not a size slug", $"{Set} '{Chat}.size' gpu-h100x1-80gb"),
        new($"{Chat}.image", "\"Ubuntu 24.04\"", $"{Chat}.image", "is not an image", "pulumi config rm --path"),
        new($"{Chat}.engine.version", "\"latest\"", $"{Chat}.engine.version", "is not a vLLM release", "pulumi config rm --path"),
        new($"{Chat}.engine.version", "\"0.9.0\"", $"{Chat}.engine.version", "none below 0.28.0 is allowed",
            $"{Set} '{Chat}.engine.version' 0.31.0"),
        new($"{Chat}.kvCacheDtype", "\"fp8\"", $"{Chat}.kvCacheDtype", "is rejected", $"{Set} '{Chat}.kvCacheDtype' auto"),
        new("engine.install", "\"venv\"", "engine.install", "no known working set of packages for AMD cards",
            $"{Set} 'engine.install' container") { With = ($"{Chat}.size", "\"gpu-mi325x1-256gb\"") },
        new("catalog", "\"no-such-file.json\"", "catalog", "there is no such file", $"{Set} 'catalog' docs/catalog.example.json"),

        new("region", "\"ric1\"", "region", "spot capacity, which was not requested", $"{Set} 'region' tor1"),
        new($"{Chat}.tensorParallel", "2", $"{Chat}.tensorParallel", "takes 2 GPUs", $"pulumi config rm --path '{Chat}.tensorParallel'")
        {
            With = ($"{Chat}.size", "\"gpu-4000adax1-20gb\""),
        },
        new($"{Chat}.tensorParallel", "5", $"{Chat}.tensorParallel", "takes 5 GPUs", $"pulumi config rm --path '{Chat}.tensorParallel'"),

        // Numbers.
        new($"{Chat}.replicas", "0", $"{Chat}.replicas", "must be 1 to 1000 nodes", Set),
        new($"{Chat}.replicas", "-1", $"{Chat}.replicas", "must be 1 to 1000 nodes", Set),
        new($"{Chat}.concurrency", "0", $"{Chat}.concurrency", "must be 1 to", Set),
        new($"{Chat}.contextLength", "0", $"{Chat}.contextLength", "must be at least 1", Set),
        new($"{Chat}.contextLength", "300000", $"{Chat}.contextLength", "costs 3.80 USD/h, and without contextLength 0.76",
            $"{Set} '{Chat}.contextLength' 262144"),
        new($"{Chat}.size", "\"gpu-4000adax1-20gb\"", $"{Chat}.size", "USD/h, and on gpu-4000adax1-20gb 0.76", $"{Set} '{Chat}.size' gpu-")
        {
            With = (Chat, "{\"model\": \"mistralai/Ministral-3-14B-Reasoning-2512\"}"),
        },
        new($"{Chat}.gpuMemoryUtilization", "1", $"{Chat}.gpuMemoryUtilization", "with 0.95 it does",
            $"{Set} '{Chat}.gpuMemoryUtilization' 0.95"),
        new($"{Chat}.gpuMemoryUtilization", "90", $"{Chat}.gpuMemoryUtilization", "above 0, at most 1",
            $"{Set} '{Chat}.gpuMemoryUtilization' 0.9"),
        new($"{Chat}.replicas", "1000", "maxHourlyUsd", "is missing: the stack costs 760.00 USD per hour", $"{Set} 'maxHourlyUsd' 760"),
        new($"{Chat}.imagesPerPrompt", "0", $"{Chat}.imagesPerPrompt", "to refuse images set vision to false", Set),
        new($"{Chat}.gpuMemoryUtilization", "0", $"{Chat}.gpuMemoryUtilization", "above 0, at most 1", Set),
        new($"{Chat}.gpuMemoryUtilization", "1.01", $"{Chat}.gpuMemoryUtilization", "above 0, at most 1", Set),
        new($"{Chat}.gpuMemoryUtilization", "-0.5", $"{Chat}.gpuMemoryUtilization", "above 0, at most 1", Set),
        new($"{Chat}.tensorParallel", "0", $"{Chat}.tensorParallel", "must be 1 to 64 GPUs", Set),
        new($"{Chat}.dataParallel", "-2", $"{Chat}.dataParallel", "must be 1 to 64 engines", Set),
        new($"{Chat}.maxNumSeqs", "0", $"{Chat}.maxNumSeqs", "must be 1 to", Set),
        new($"{Chat}.maxNumBatchedTokens", "0", $"{Chat}.maxNumBatchedTokens", "must be 1 to", Set),
        new($"{Chat}.cacheVolumeGiB", "0", $"{Chat}.cacheVolumeGiB", "must be 1 to 16384 GiB", Set),
        new($"{Chat}.cacheVolumeGiB", "2", $"{Chat}.cacheVolumeGiB", "is too small for the weights", $"{Set} '{Chat}.cacheVolumeGiB' 5"),
        new($"{Chat}.readyTimeoutMinutes", "0", $"{Chat}.readyTimeoutMinutes", "must be 1 to 1440 minutes", Set),
        new("maxHourlyUsd", "\"0\"", "maxHourlyUsd", "must be more than 0", "pulumi config rm --path 'maxHourlyUsd'"),
        new("maxHourlyUsd", "\"-3\"", "maxHourlyUsd", "must be more than 0", "pulumi config rm --path 'maxHourlyUsd'"),
        new("maxHourlyUsd", "\"0.10\"", "maxHourlyUsd", "is less than the", Set),

        .. OtherToolsConfigurations.All,
        .. MisplacedConfigurations.All,
    ];

    private static string Many(int count, string prefix, string suffix = "/32") =>
        $"[{string.Join(',', Enumerable.Range(0, count).Select(number => suffix.Length == 0 ? $"\"{prefix}{number}\"" : $"\"{prefix}.{number / 250 + 1}.{number % 250 + 1}{suffix}\""))}]";
}
