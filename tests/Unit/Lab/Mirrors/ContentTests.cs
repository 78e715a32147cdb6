using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Infra.Lab.Mirrors;
using Infra.Lab.Mirrors.Content;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.Mirrors;

public sealed class ContentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mirrors-");

    public static TheoryData<string, double> Models => new()
    {
        { "mistralai/Ministral-3-3B-Instruct-2512", 1e-3 },
        { "mistralai/Ministral-3-14B-Base-2512", 1e-3 },
        { "mistralai/Mistral-Large-3-675B-Instruct-2512", 2e-5 },
        { "mistralai/Mistral-Large-3-675B-Instruct-2512-NVFP4", 2e-5 },
        { "mistralai/Mistral-Small-4-119B-2603", 2e-4 },
        { "mistralai/Mistral-Small-4-119B-2603-NVFP4", 2e-4 },
        { "mistralai/Mistral-Medium-3.5-128B", 2e-4 },
        { "mistralai/Devstral-Small-2-24B-Instruct-2512", 1e-3 },
        { "mistralai/Magistral-Small-2509", 1e-3 },
        { "mistralai/Mistral-Small-3.2-24B-Instruct-2506", 1e-3 },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_copy_of_the_weights_has_its_share_of_the_real_bytes_and_is_valid(string id, double scale)
    {
        var model = ModelCatalog.Load().Models[id];
        var manifest = HubContent.Write(_folder.FullName, model, scale);
        foreach (var stem in model.Formats.Select(format => format == WeightsFormat.Mistral ? "consolidated" : "model"))
        {
            var files = manifest.Files
                .Where(file => file.Path.StartsWith(stem, StringComparison.Ordinal)
                    && file.Path.EndsWith(".safetensors", StringComparison.Ordinal)).ToList();
            Assert.InRange(files.Sum(file => file.Size) / (model.WeightBytes * scale), 0.999, 1.001);
            var names = files.SelectMany(file => Tensors(FileOf(id, file.Path), id)).ToList();
            Assert.Equal(names.Count, names.Distinct().Count());
            if (files.Count > 1)
            {
                using var index = JsonDocument.Parse(File.ReadAllBytes(FileOf(id, $"{stem}.safetensors.index.json")));
                Assert.Equal(names.Order(), index.RootElement.GetProperty("weight_map").EnumerateObject().Select(row => row.Name).Order());
            }
        }
    }

    [Fact]
    public void Checksums_of_a_repository_are_those_of_all_that_a_node_fetches()
    {
        var model = ModelCatalog.Load().Models["mistralai/Ministral-3-3B-Instruct-2512"];
        HubContent.Write(_folder.FullName, model, 1e-4);
        var checksums = HubContent.Checksums(Path.Combine(_folder.FullName, "hub", model.Id), model);
        Assert.Contains("consolidated.safetensors", checksums.Keys);
        Assert.Contains("SYSTEM_PROMPT.txt", checksums.Keys);
        Assert.DoesNotContain("README.md", checksums.Keys);
        Assert.DoesNotContain(checksums.Keys, name => name.StartsWith("model", StringComparison.Ordinal));
        Assert.All(checksums,
            file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(FileOf(model.Id, file.Key)))), file.Value));
    }

    [Fact]
    public void A_repository_has_both_copies_and_the_true_numbers()
    {
        var model = ModelCatalog.Load().Models["mistralai/Ministral-3-8B-Instruct-2512"];
        var manifest = HubContent.Write(_folder.FullName, model, 1e-4, new string('a', 40));
        Assert.Equal([model.Revision!, new string('a', 40)], manifest.Revisions);
        string[] expected =
        [
            ".gitattributes", "README.md", "SYSTEM_PROMPT.txt", "chat_template.jinja", "config.json", "consolidated.safetensors",
            "generation_config.json", "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
            "model-00003-of-00003.safetensors", "model.safetensors.index.json", "params.json", "processor_config.json", "tekken.json",
            "tokenizer.json", "tokenizer_config.json",
        ];
        Assert.Equal(expected, manifest.Files.Select(file => file.Path));
        using var parameters = JsonDocument.Parse(File.ReadAllBytes(FileOf(model.Id, "params.json")));
        Assert.Equal(4096, parameters.RootElement.GetProperty("dim").GetInt32());
        Assert.Equal(34, parameters.RootElement.GetProperty("n_layers").GetInt32());
        Assert.Equal(1540, parameters.RootElement.GetProperty("vision_encoder").GetProperty("max_image_size").GetInt32());
    }

    /// <summary>Both descriptions are of the model in the catalog: latents, experts, language model, quantization.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Descriptions_have_the_numbers_of_the_catalog(string id, double scale)
    {
        var model = ModelCatalog.Load().Models[id];
        HubContent.Write(_folder.FullName, model, scale);
        var architecture = model.Architecture;
        using var ours = JsonDocument.Parse(File.ReadAllBytes(FileOf(id, "params.json")));
        Assert.Equal(architecture.MaxPositions, ours.RootElement.GetProperty("max_position_embeddings").GetInt32());
        Assert.Equal(architecture.Mla?.KeyValueLoraRank, Optional(ours.RootElement, "kv_lora_rank"));
        Assert.Equal(architecture.Moe is not null, ours.RootElement.TryGetProperty("moe", out _));
        Assert.Equal(architecture.TextModel != "mistral", ours.RootElement.TryGetProperty("yarn", out _));
        Assert.Equal(
            architecture.Mla is { } mla ? mla.NopeHeadDim + mla.RopeHeadDim : architecture.HeadDim, Optional(ours.RootElement, "head_dim"));
        Assert.Equal(
            model.Precision switch { Precision.Fp8 => "quantization", Precision.Nvfp4 => "quantization_config", _ => null },
            ours.RootElement.EnumerateObject().Select(member => member.Name)
                .SingleOrDefault(name => name.StartsWith("quantization", StringComparison.Ordinal)));
        if (model.Formats.Contains(WeightsFormat.Hf))
        {
            using var theirs = JsonDocument.Parse(File.ReadAllBytes(FileOf(id, "config.json")));
            var text = theirs.RootElement.GetProperty("text_config");
            Assert.Equal(architecture.Name, theirs.RootElement.GetProperty("architectures")[0].GetString());
            Assert.Equal(architecture.TextModel, text.GetProperty("model_type").GetString());
            Assert.Equal(architecture.Mla?.KeyValueLoraRank, Optional(text, "kv_lora_rank"));
            Assert.Equal(architecture.Moe?.Experts, Optional(text, "n_routed_experts"));
            Assert.Equal(JsonValueKind.Null, text.GetProperty("sliding_window").ValueKind);
            Assert.Equal(model.Precision != Precision.Bf16, theirs.RootElement.TryGetProperty("quantization_config", out _));
        }
    }

    private static int? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    [Fact]
    public void The_manifest_describes_the_files()
    {
        var model = ModelCatalog.Load().Models["mistralai/Ministral-3-3B-Instruct-2512"];
        var manifest = HubContent.Write(_folder.FullName, model, 1e-4);
        foreach (var file in manifest.Files)
        {
            var content = File.ReadAllBytes(FileOf(model.Id, file.Path));
            Assert.Equal(content.Length, file.Size);
            Assert.Equal(file.Sha256 ?? file.Oid,
                file.Sha256 is null ? GitBlob(content) : Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        Assert.Equal(
            ["consolidated.safetensors", "model.safetensors", "tekken.json", "tokenizer.json"],
            manifest.Files.Where(file => file.Sha256 is not null).Select(file => file.Path));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        var model = ModelCatalog.Load().Models["mistralai/Ministral-3-3B-Base-2512"];
        var first = HubContent.Write(Path.Combine(_folder.FullName, "a"), model, 1e-4);
        Assert.Equal(first.Files, HubContent.Write(Path.Combine(_folder.FullName, "b"), model, 1e-4).Files);
    }

    [Fact]
    public void Weights_do_not_compress()
    {
        var bytes = new byte[1 << 20];
        Noise.Fill(bytes, Noise.Seed("x"), 0);
        using var packed = new MemoryStream();
        using (var zip = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(bytes);
        }

        Assert.True(packed.Length > bytes.Length);
        var part = new byte[1001];
        Noise.Fill(part, Noise.Seed("x"), 4096);
        Assert.Equal(bytes[4096..(4096 + 1001)], part);
    }

    [Fact]
    public void An_image_has_the_same_digest_wherever_it_is_built()
    {
        var (plain, zipped) = (Path.Combine(_folder.FullName, "root.tar"), Path.Combine(_folder.FullName, "root.tar.gz"));
        using (var tar = new TarWriter(File.Create(plain)))
        {
            tar.WriteEntry(
                new UstarTarEntry(TarEntryType.RegularFile, "etc/os-release") { DataStream = new MemoryStream("ID=lab\n"u8.ToArray()) });
        }

        using (var zip = new GZipStream(File.Create(zipped), CompressionLevel.Fastest))
        {
            zip.Write(File.ReadAllBytes(plain));
        }

        var spec = new OciImageSpec
        {
            Repository = "vllm/vllm-openai",
            Tags = ["v1"],
            RootfsArchives = [plain, zipped],
            Files = new Dictionary<string, OciFile>
            {
                ["/usr/local/bin/vllm"] = OciFile.Text("#!/bin/sh\n", executable: true),
                ["/etc/motd"] = OciFile.Text("hi\n"),
            },
            CompressedBytes = 5_000_000,
        };
        var (a, b) = (Path.Combine(_folder.FullName, "a"), Path.Combine(_folder.FullName, "b"));
        var image = OciBuilder.Build(a, spec);
        Assert.Equal(image, OciBuilder.Build(b, spec));
        Assert.Equal(image, OciBuilder.Build(a, spec));
        Assert.InRange(image.CompressedBytes, 4_990_000, 5_010_000);
        Assert.NotEqual(image.IndexDigest,
            OciBuilder.Build(a, spec with { Tags = ["v2"], CompressedBytes = 0, PaddingBytes = 1000 }).IndexDigest);
        var repository = StoredJson.Read<RegistryRepository>(RegistryRepository.FileOf(Path.Combine(a, "registry"), "vllm/vllm-openai")!);
        Assert.Equal(["v1", "v2"], repository.Tags.Keys);
        foreach (var digest in repository.Blobs.Concat(repository.Manifests.Keys))
        {
            var blob = File.ReadAllBytes(RegistryRepository.BlobFile(Path.Combine(a, "registry"), digest));
            Assert.Equal(digest, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(blob))}");
        }

        AssertLayersMatch(Path.Combine(a, "registry"), image.ManifestDigest);
    }

    [Fact]
    public void A_wheel_records_every_file_and_is_the_same_every_time()
    {
        string Write(string folder) => Wheel.Write(
            Path.Combine(_folder.FullName, folder), "Mistral.Common", "1.2.3",
            new Dictionary<string, byte[]> { ["mistral_common/__init__.py"] = "x = 1\n"u8.ToArray() },
            new Dictionary<string, string> { ["mistral"] = "mistral_common:x" }, ["torch==2.13.0"], "A test.");
        var path = Write("a");
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Write("b")));
        Assert.Equal("mistral_common-1.2.3-py3-none-any.whl", Path.GetFileName(path));
        AssertRecorded(path, "mistral_common-1.2.3.dist-info");
        var renamed = Wheel.Rename(Path.Combine(_folder.FullName, "c"), path, "9.9");
        Assert.Equal("mistral_common-9.9-py3-none-any.whl", Path.GetFileName(renamed));
        AssertRecorded(renamed, "mistral_common-9.9.dist-info");
        using var zip = ZipFile.OpenRead(renamed);
        using var metadata = new StreamReader(zip.GetEntry("mistral_common-9.9.dist-info/METADATA")!.Open());
        var text = metadata.ReadToEnd();
        Assert.Contains("\nVersion: 9.9\n", text, StringComparison.Ordinal);
        Assert.Contains("fake of the lab: this is 1.2.3", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_index_holds_every_pinned_requirement_from_before_its_freeze()
    {
        var releases = ModelCatalog.Load().Engines.Values.ToList();
        var engine = Directory.CreateDirectory(Path.Combine(_folder.FullName, "engine", "vllm", "entrypoints", "cli"));
        File.WriteAllText(Path.Combine(engine.FullName, "main.py"), "def main():\n    pass\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "engine", "vllm", "flags.json"), "{}\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "engine", "README.md"), "For people.\n");
        var index = PythonContent.Write(_folder.FullName, Path.Combine(_folder.FullName, "engine"), releases, pipWheel: null);
        foreach (var package in releases.Select(release => release.Package).OfType<EnginePackage>())
        {
            foreach (var pin in package.Requirements.Select(requirement => requirement.Split("==")))
            {
                var file = Assert.Single(index.Projects[PythonIndex.Normalize(pin[0])], file => file.Version == pin[1]);
                Assert.True(string.CompareOrdinal(file.Uploaded.ToString("yyyy-MM-dd", null), package.ResolvedBefore) < 0);
                AssertRecorded(Path.Combine(_folder.FullName, "python", "files", file.Name),
                    $"{pin[0].Replace('-', '_')}-{pin[1]}.dist-info");
            }
        }

        using var wheel = ZipFile.OpenRead(Path.Combine(_folder.FullName, "python", "files", "vllm-0.31.0-py3-none-any.whl"));
        Assert.Equal(
            ["vllm/_version.py", "vllm/entrypoints/cli/main.py", "vllm/flags.json"],
            wheel.Entries.Select(entry => entry.FullName).Where(name => !name.Contains(".dist-info/", StringComparison.Ordinal)));
    }

    private string FileOf(string id, string name) => Path.Combine(_folder.FullName, "hub", id, "files", name);

    private static List<string> Tensors(string path, string model)
    {
        var bytes = File.ReadAllBytes(path);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)length));
        Assert.Equal(model, header.RootElement.GetProperty("__metadata__").GetProperty("lab_model").GetString());
        var sizes = new Dictionary<string, int> { ["BF16"] = 2, ["F8_E4M3"] = 1, ["U8"] = 1, ["F32"] = 4 };
        long at = 0;
        var names = new List<string>();
        foreach (var tensor in header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__"))
        {
            var offsets = tensor.Value.GetProperty("data_offsets");
            Assert.Equal(at, offsets[0].GetInt64());
            var elements = tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, side) => product * side.GetInt64());
            at += elements * sizes[tensor.Value.GetProperty("dtype").GetString()!];
            Assert.Equal(at, offsets[1].GetInt64());
            names.Add(tensor.Name);
        }

        Assert.Equal(bytes.Length, 8 + length + at);
        return names;
    }

    private static void AssertLayersMatch(string registry, string manifestDigest)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(RegistryRepository.BlobFile(registry, manifestDigest)));
        using var config = JsonDocument.Parse(File.ReadAllBytes(
            RegistryRepository.BlobFile(registry, manifest.RootElement.GetProperty("config").GetProperty("digest").GetString()!)));
        var contents = config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString())
            .ToList();
        var layers = manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString()!)
            .ToList();
        Assert.Equal(4, layers.Count);
        Assert.Equal(contents, layers.Select(layer =>
        {
            using var zip = new GZipStream(File.OpenRead(RegistryRepository.BlobFile(registry, layer)), CompressionMode.Decompress);
            return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(zip))}";
        }));
    }

    private static void AssertRecorded(string wheel, string info)
    {
        using var zip = ZipFile.OpenRead(wheel);
        using var record = new StreamReader(zip.GetEntry($"{info}/RECORD")!.Open());
        var rows = record.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(','))
            .ToDictionary(row => row[0]);
        Assert.Equal(zip.Entries.Select(entry => entry.FullName).Order(), rows.Keys.Order());
        foreach (var entry in zip.Entries.Where(entry => !entry.FullName.EndsWith("/RECORD", StringComparison.Ordinal)))
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            var hash = Convert.ToBase64String(SHA256.HashData(content.ToArray())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
            Assert.Equal([entry.FullName, $"sha256={hash}", $"{content.Length}"], rows[entry.FullName]);
        }
    }

    private static string GitBlob(byte[] content)
    {
#pragma warning disable CA5350 // Git names its blobs by SHA-1.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
    }
}
