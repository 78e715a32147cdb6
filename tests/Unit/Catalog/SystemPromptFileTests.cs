using System.Text;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Which models come with a system prompt of their own.</summary>
public sealed class SystemPromptFileTests
{
    private const string Reasoning = "mistralai/Ministral-3-3B-Reasoning-2512";
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Fact]
    public void Every_reasoning_model_has_one_and_no_base_model() => Assert.All(
        Catalog.Models.Values.Where(model => model.Use != ModelUse.Instruct),
        model => Assert.Equal(model.Use == ModelUse.Reasoning ? "SYSTEM_PROMPT.txt" : null, model.SystemPrompt));

    [Fact]
    public void It_is_of_only_one_repository()
    {
        var catalog = Catalog.Add(Encoding.UTF8.GetBytes($$"""
            {"models": [
              { "id": "acme/tuned", "basedOn": "{{Reasoning}}" },
              { "id": "{{Reasoning}}", "basedOn": "{{Reasoning}}", "replaces": true, "revision": "0123456789abcdef0123456789abcdef01234567" }
            ]}
            """), "own.json");
        Assert.Null(catalog.Models["acme/tuned"].SystemPrompt);
        Assert.Equal("SYSTEM_PROMPT.txt", catalog.Models[Reasoning].SystemPrompt);
    }
}
