using System.Security.Cryptography;
using System.Text;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Catalog;

/// <summary>Checksums of weights in the catalog: what a row may say, and what a node gets of it.</summary>
public sealed class WeightsChecksumsTests
{
    private const string Ministral = "mistralai/Ministral-3-8B-Instruct-2512";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Sha256 = "ab5e41c341ac8331e653f572218e6bf29082b2360c0207c1f84d9a3c963b27fe";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    public static TheoryData<string, string, string> Errors => new()
    {
        { "[]", "checksums", "must be an object with names of files as members" },
        { "{}", "checksums", "must name between 1 and 400 files" },
        { "{\"params.json\": 5}", "checksums.params.json", "must be a text in quotes" },
        { $"{{\"params.json\": \"{Sha256.ToUpperInvariant()}\"}}", "checksums.params.json",
            "must be the 64 hex digits that sha256sum prints" },
        { $"{{\"params.json\": \"{Commit}\"}}", "checksums.params.json", "must be the 64 hex digits" },
        { $"{{\"params.json\": \"{Sha256}\", \"params.json\": \"{Sha256}\"}}", "checksums.params.json", "is a duplicate" },
        { $"{{\"model.safetensors\": \"{Sha256}\"}}", "checksums.model.safetensors", "is not a file that a node fetches" },
        { $"{{\"../params.json\": \"{Sha256}\"}}", "checksums.../params.json", "is not a file that a node fetches" },
        { $"{{\"README.md\": \"{Sha256}\"}}", "checksums.README.md", "is not a file that a node fetches" },
        { $"{{{string.Join(',', Enumerable.Range(0, 401).Select(i => $"\"{i}.json\": \"{Sha256}\""))}}}", "checksums",
            "must name between 1 and 400 files" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_is_named_with_what_is_allowed(string checksums, string member, string problem)
    {
        var failure = Assert.Throws<ConfigurationException>(() => Add(Commit, checksums));
        var error = Assert.Single(failure.Errors);
        Assert.EndsWith($"(acme/m), {member}", error.Key, StringComparison.Ordinal);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Checksums_need_their_commit() => Assert.Contains(
        "requires revision",
        Assert.Single(Assert.Throws<ConfigurationException>(() => Add(null, $"{{\"params.json\": \"{Sha256}\"}}")).Errors).Problem,
        StringComparison.Ordinal);

    [Fact]
    public void They_are_of_only_one_commit()
    {
        var model = Add(Commit, $"{{\"params.json\": \"{Sha256}\"}}").Models["acme/m"];
        Assert.Equal(Sha256, WeightsChecksums.Of(model, Commit)["params.json"]);
        Assert.Empty(WeightsChecksums.Of(model, new string('a', 40)));
    }

    [Fact]
    public void A_fine_tune_does_not_inherit_those_of_its_parent()
    {
        Assert.NotNull(Catalog.Models[Ministral].Checksums);
        Assert.Null(Add(Commit, null).Models["acme/m"].Checksums);
    }

    [Fact]
    public void A_node_gets_the_digest_of_the_lines_and_a_mark_of_each_file()
    {
        var checksums = new Dictionary<string, string> { ["tekken.json"] = new('2', 64), ["Z.json"] = new('1', 64) };
        var lines = $"{new string('1', 64)}  Z.json\n{new string('2', 64)}  tekken.json\n";
        Assert.Equal($"{Hash(lines)} {Hash("Z.json")[..8]}1111 {Hash("tekken.json")[..8]}2222", WeightsChecksums.Marks(checksums));
        Assert.Equal("", WeightsChecksums.Marks(WeightsChecksums.None));
    }

    [Fact]
    public void What_a_built_in_row_pins_has_its_source() => Assert.All(
        Catalog.Models.Values,
        model => Assert.Equal(model.Checksums is not null, model.Source.Contains("checksums: ", StringComparison.Ordinal)));

    private static ModelCatalog Add(string? revision, string? checksums) => Catalog.Add(
        Encoding.UTF8.GetBytes($$"""
            {"models": [{"id": "acme/m", "basedOn": "{{Ministral}}"{{(revision is null ? "" : $", \"revision\": \"{revision}\"")}}{{(checksums is null ? "" : $", \"checksums\": {checksums}")}}}]}
            """),
        "own.json");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
