using Infra.Node;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Plan;

namespace Infra.Tests.Node;

/// <summary>Nodes of the shipped catalog, for tests.</summary>
internal static class NodeSamples
{
    internal const string Small = "mistralai/Ministral-3-3B-Instruct-2512";
    internal const string Large = "mistralai/Mistral-Large-3-675B-Instruct-2512";
    internal static readonly ModelCatalog Catalog = ModelCatalog.Load();

    internal const string VpcRange = "10.20.0.0/24";

    internal static EndpointPlan Plan(
        string model = Small, string size = "gpu-4000adax1-20gb", EngineInstall install = EngineInstall.Container, bool vision = true) =>
        StackPlan.Create(new StackConfig
        {
            Region = "tor1",
            MaxHourlyUsd = Catalog.Sizes[size].UsdPerHour is null ? null : 1000,
            IgnoreAvailability = true, // a sample of any size, wherever it is sold
            AdminCidrs = ["203.0.113.7/32", "2001:db8::/64"],
            Endpoints = new Dictionary<string, EndpointConfig>
            {
                ["chat"] = new()
                {
                    Model = model,
                    Size = size,
                    ContextLength = 8192,
                    Concurrency = 1,
                    Vision = vision ? null : false,
                    ClientCidrs = [VpcRange],
                    Engine = new() { Install = install, Version = "0.31.0" },
                },
            },
        }).Endpoints[0];

    internal static string Environment(EngineInstall install = EngineInstall.Container) => Environment(Plan(install: install));

    internal static string Environment(EndpointPlan plan) => NodeEnvironment.Render(plan, VpcRange);

    internal static CloudConfigInputs Inputs(string? environment = null) => new()
    {
        Hostname = "dev-chat-0",
        NodeEnvironment = environment ?? Environment(),
        OpsSshPublicKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEYAK0xPUKJjmhA7Ojai2Y3JdX7vE7UZd6UcS2xaSII1 stack"],
        BootstrapHostKeyPrivate = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        BootstrapHostKeyPublic = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEYAK0xPUKJjmhA7Ojai2Y3JdX7vE7UZd6UcS2xaSII1",
    };
}
