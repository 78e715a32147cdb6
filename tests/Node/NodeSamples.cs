using Infra.Node;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Tests.Node;

/// <summary>Nodes of the shipped catalog, for tests.</summary>
internal static class NodeSamples
{
    internal const string Small = "mistralai/Ministral-3-3B-Instruct-2512";
    internal const string Large = "mistralai/Mistral-Large-3-675B-Instruct-2512";
    internal static readonly ModelCatalog Catalog = ModelCatalog.Load();

    internal static NodeSettings Settings(
        string model = Small, string size = "gpu-4000adax1-20gb", EngineInstall install = EngineInstall.Container, bool vision = true)
    {
        var endpoint = new EndpointSettings { Model = model, Size = size };
        var wish = new Wish
        {
            Model = Catalog.Model(model, "model"),
            Engine = Catalog.Engine("0.31.0", "engine"),
            Size = size,
            ContextLength = 8192,
            Options = new EngineOptions { Vision = vision },
        };
        return NodeSettings.From(
            "chat", Placer.Place(wish, Catalog, "endpoints.chat"), endpoint, install, ["203.0.113.7/32", "2001:db8::/64"], [], "10.20.0.0/24");
    }

    internal static string Environment(EngineInstall install = EngineInstall.Container) => NodeEnvironment.Render(Settings(install: install));

    internal static CloudConfigInputs Inputs(string? environment = null) => new()
    {
        Hostname = "dev-chat-0",
        NodeEnvironment = environment ?? Environment(),
        OpsSshPublicKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEYAK0xPUKJjmhA7Ojai2Y3JdX7vE7UZd6UcS2xaSII1 stack"],
        OneUseHostKeyPrivate = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        OneUseHostKeyPublic = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEYAK0xPUKJjmhA7Ojai2Y3JdX7vE7UZd6UcS2xaSII1",
    };
}
