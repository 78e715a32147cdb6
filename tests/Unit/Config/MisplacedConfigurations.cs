namespace Infra.Tests.Unit.Config;

/// <summary>Settings next to the endpoints or at another level, endpoints in a list or named by their model, choices as switches.</summary>
internal static class MisplacedConfigurations
{
    private const string Set = "pulumi config set --path";
    private const string Rm = "pulumi config rm --path";
    private const string Chat = "endpoints.chat";

    public static readonly WrongConfiguration[] All =
    [
        // Next to the endpoints, and endpoints that are named by their model.
        new("endpoints", $"{{\"chat\": {{\"model\": \"{Configs.Model}\"}}, \"replicas\": 2, \"access\": \"internal\"}}", "endpoints",
            "are settings of an endpoint",
            $"{Rm} 'endpoints.replicas' && {Set} '{Chat}.replicas' 2 && {Rm} 'endpoints.access' && "
            + $"{Set} '{Chat}.access' internal"),
        new("endpoints", $"{{\"chat\": {{\"model\": \"{Configs.Model}\", \"replicas\": 3}}, \"replicas\": 2}}", "endpoints",
            "is a setting of an endpoint", $"{Rm} 'endpoints.replicas'"),
        new("endpoints", $"{{\"chat\": {{\"contextLength\": 4096}}, \"model\": \"{Configs.Model}\"}}", "endpoints",
            "is a setting of an endpoint", $"{Rm} 'endpoints.model' && {Set} '{Chat}.model' {Configs.Model}"),
        new("endpoints", $"{{\"chat\": {{\"model\": \"{Configs.Model}\"}}, \"a\": {{\"model\": \"{Configs.Model}\"}}, \"replicas\": 2}}",
            "endpoints", "next to several: each endpoint has its own",
            "write it below the endpoints that it is for, in the file of the stack"),
        new("endpoints", "{\"mistralai/Ministral-3-8B-Instruct-2512\": null}", "endpoints[\"mistralai/Ministral-3-8B-Instruct-2512\"]",
            "has a name that is not", $"{Set} 'endpoints.ministral-3-8b-instruct-2512.model' mistralai/Ministral-3-8B-Instruct-2512"),
        new("endpoints", "{\"Ministral-3-14B-Instruct-2512\": {\"contextLength\": 4096}}", "endpoints.Ministral-3-14B-Instruct-2512",
            "has a name that is not", $"{Set} 'endpoints.ministral-3-14b-instruct-2512.contextLength' 4096 && "
            + $"{Set} 'endpoints.ministral-3-14b-instruct-2512.model' mistralai/Ministral-3-14B-Instruct-2512"),
        new(Chat, $"[{{\"model\": \"{Configs.Model}\"}}, {{\"replicas\": 2}}]", Chat, "is not a map",
            $"{Rm} '{Chat}' && {Set} '{Chat}.model' {Configs.Model} && {Set} '{Chat}.replicas' 2"),
        new("endpoints", $"[{{\"a\": {{\"model\": \"{Configs.Model}\"}}}}, {{\"id\": \"b\", \"model\": \"{Configs.Model}\"}}]", "endpoints",
            "is not a map", $"{Set} 'endpoints.a.model' {Configs.Model} && {Set} 'endpoints.b.model' {Configs.Model}"),

        // A choice as a switch.
        new($"{Chat}.private", "true", $"{Chat}.private", $"did you mean private as {Chat}.access?", $"{Set} '{Chat}.access' private"),
        new($"{Chat}.isInternal", "true", $"{Chat}.isInternal", $"did you mean internal as {Chat}.access?",
            $"{Rm} '{Chat}.isInternal' && {Set} '{Chat}.access' internal"),
        new($"{Chat}.public", "true", $"{Chat}.public", $"public is a choice of {Chat}.access, which is set, too",
            $"{Rm} '{Chat}.public'") { With = ($"{Chat}.access", "\"private\"") },
        new($"{Chat}.public", "false", $"{Chat}.public", $"public is a choice of {Chat}.access", $"{Rm} '{Chat}.public'"),
        new($"{Chat}.use_on_demand", "true", $"{Chat}.use_on_demand", $"did you mean onDemand as {Chat}.availability?",
            $"{Set} '{Chat}.availability[0]' onDemand"),

        // Of another namespace or level; what a fix moves is not missing.
        new("inference/maxHourlyUsd", "5", "[\"inference/maxHourlyUsd\"]", "did you mean maxHourlyUsd?", $"{Set} 'maxHourlyUsd' 5"),
        new($"{Chat}.region", "\"nyc2\"", $"{Chat}.region", "of the stack and not of an endpoint", $"{Set} 'region' nyc2")
            { With = ("region", null) },
        new($"{Chat}.max_price", "5", $"{Chat}.max_price", "of the stack and not of an endpoint", $"{Set} 'maxHourlyUsd' 5"),
        new("replicaCount", "2", "replicaCount", $"is a setting of an endpoint: {Chat}.replicas", $"{Set} '{Chat}.replicas' 2"),
    ];
}
