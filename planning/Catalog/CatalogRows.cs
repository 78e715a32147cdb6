using System.Text.Json;

namespace Infra.Planning.Catalog;

/// <summary>Rows as records. Each expects a value in which <see cref="StrictRow"/> found no mistake.</summary>
internal static class CatalogRows
{
    public static Gpu Gpu(JsonElement row) => new()
    {
        Name = row.Text("name"),
        Vendor = row.Word<GpuVendor>("vendor"),
        Architecture = row.Word<GpuArchitecture>("architecture"),
        MemoryGB = row.Number("memoryGB"),
        VisibleGiB = row.Number("visibleGiB"),
        VisibleMeasured = row.Flag("visibleMeasured"),
        BandwidthGBps = row.Find("bandwidthGBps")?.GetDouble(),
        Note = row.Find("note")?.GetString(),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    public static BaseImage Image(JsonElement row) => new()
    {
        Slug = row.Text("slug"),
        Vendor = row.Word<GpuVendor>("vendor"),
        Driver = row.Find("driver")?.GetString(),
        Os = row.Text("os"),
        Note = row.Find("note")?.GetString(),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    public static GpuSize Size(JsonElement row) => new()
    {
        Slug = row.Text("slug"),
        Gpu = row.Text("gpu"),
        GpuCount = row.Whole("gpuCount"),
        FastInterconnect = row.Flag("fastInterconnect"),
        Vcpus = row.Find("vcpus")?.GetInt32(),
        RamGiB = row.Find("ramGiB")?.GetInt32(),
        BootDiskGB = row.Find("bootDiskGB")?.GetInt32(),
        ScratchDiskGB = row.Find("scratchDiskGB")?.GetInt32(),
        UsdPerHour = row.Find("usdPerHour")?.GetDecimal(),
        Regions = row.Texts("regions"),
        Image = row.Text("image"),
        Availability = row.Word<Availability>("availability"),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    public static ModelSpec Model(JsonElement row) => new()
    {
        Id = row.Text("id"),
        Family = row.Text("family"),
        Use = row.Word<ModelUse>("use"),
        Task = row.Find("task") is null ? ModelTask.Generate : row.Word<ModelTask>("task"),
        Precision = row.Word<Precision>("precision"),
        Revision = row.Find("revision")?.GetString(),
        WeightsUrl = row.Find("weightsUrl")?.GetString(),
        Checksums = row.Find("checksums")?.EnumerateObject()
            .ToDictionary(file => file.Name, file => file.Value.GetString()!, StringComparer.Ordinal),
        Parameters = row.GetProperty("parameters").GetInt64(),
        WeightBytes = row.GetProperty("weightBytes").GetInt64(),
        Formats = [.. row.Texts("formats").Select(word => (WeightsFormat)CatalogWords.Value(typeof(WeightsFormat), word))],
        MaxContext = row.Whole("maxContext"),
        Architecture = Architecture(row.GetProperty("architecture")),
        Flags = row.Texts("flags"),
        SystemPrompt = row.Find("systemPrompt")?.GetString(),
        MinimumEngine = row.Text("minimumEngine"),
        Hardware = row.GetProperty("hardware").EnumerateObject().ToDictionary(
            member => (GpuArchitecture)CatalogWords.Value(typeof(GpuArchitecture), member.Name),
            member => (Support)CatalogWords.Value(typeof(Support), member.Value.GetString()!)),
        Licence = row.Text("licence"),
        Gated = row.Flag("gated"),
        Note = row.Find("note")?.GetString(),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    public static Architecture Architecture(JsonElement row) => new()
    {
        Name = row.Find("name")?.GetString(),
        Layers = row.Whole("layers"),
        HiddenSize = row.Whole("hiddenSize"),
        AttentionHeads = row.Whole("attentionHeads"),
        KeyValueHeads = row.Find("keyValueHeads")?.GetInt32(),
        HeadDim = row.Find("headDim")?.GetInt32(),
        Mla = row.Find("mla") is { } mla ? LatentAttention(mla) : null,
        FeedForwardSize = row.Whole("feedForwardSize"),
        Moe = row.Find("moe") is { } moe ? MixtureOfExperts(moe) : null,
        VocabularySize = row.Whole("vocabularySize"),
        TiedEmbeddings = row.Flag("tiedEmbeddings"),
        Vision = row.Find("vision") is { } vision ? VisionTower(vision) : null,
        MaxPositions = row.Whole("maxPositions"),
    };

    public static EngineRelease Engine(JsonElement row) => new()
    {
        Version = row.Text("version"),
        ReleaseDate = row.Text("releaseDate"),
        Images = row.GetProperty("images").EnumerateObject().ToDictionary(
            member => (GpuVendor)CatalogWords.Value(typeof(GpuVendor), member.Name),
            member => EngineImage(member.Value)),
        Package = row.Find("package") is { } package ? EnginePackage(package) : null,
        DefaultGpuMemoryUtilization = row.Number("defaultGpuMemoryUtilization"),
        OptionalFlags = row.Find("optionalFlags") is null ? null : row.Texts("optionalFlags"),
        Breakages = [.. row.GetProperty("breakages").EnumerateArray().Select(Breakage)],
        Note = row.Find("note")?.GetString(),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    public static SecurityFloor SecurityFloor(JsonElement row) => new()
    {
        Version = row.Text("version"),
        Reason = row.Text("reason"),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    private static LatentAttention LatentAttention(JsonElement row) => new()
    {
        QueryLoraRank = row.Whole("queryLoraRank"),
        KeyValueLoraRank = row.Whole("keyValueLoraRank"),
        NopeHeadDim = row.Whole("nopeHeadDim"),
        RopeHeadDim = row.Whole("ropeHeadDim"),
        ValueHeadDim = row.Whole("valueHeadDim"),
    };

    private static MixtureOfExperts MixtureOfExperts(JsonElement row) => new()
    {
        Experts = row.Whole("experts"),
        ActiveExperts = row.Whole("activeExperts"),
        SharedExperts = row.Whole("sharedExperts"),
        ExpertFeedForwardSize = row.Whole("expertFeedForwardSize"),
        DenseLayers = row.Whole("denseLayers"),
    };

    private static VisionTower VisionTower(JsonElement row) => new()
    {
        Parameters = row.GetProperty("parameters").GetInt64(),
        Layers = row.Whole("layers"),
        HiddenSize = row.Whole("hiddenSize"),
        PatchSize = row.Whole("patchSize"),
        ImageSize = row.Whole("imageSize"),
        SpatialMerge = row.Whole("spatialMerge"),
    };

    private static EngineImage EngineImage(JsonElement row) => new()
    {
        Repository = row.Text("repository"),
        Digest = row.Text("digest"),
        CompressedBytes = row.Find("compressedBytes")?.GetInt64(),
        MinimumDriver = row.Find("minimumDriver")?.GetString(),
    };

    private static EnginePackage EnginePackage(JsonElement row) => new()
    {
        Vendor = row.Word<GpuVendor>("vendor"),
        Requirements = row.Texts("requirements"),
        ResolvedBefore = row.Text("resolvedBefore"),
        MinimumDriver = row.Find("minimumDriver")?.GetString(),
    };

    private static EngineBreakage Breakage(JsonElement row) => new()
    {
        Families = row.Find("families") is null ? null : row.Texts("families"),
        Architectures = row.Find("architectures") is null ? null : row.Texts("architectures"),
        Effect = row.Word<BreakageEffect>("effect"),
        Install = row.Find("install") is { } install ? (EngineInstall)CatalogWords.Value(typeof(EngineInstall), install.GetString()!) : null,
        KvCache = row.Find("kvCache") is { } kv ? (KvCacheType)CatalogWords.Value(typeof(KvCacheType), kv.GetString()!) : null,
        Vendor = row.Find("vendor") is { } vendor ? (GpuVendor)CatalogWords.Value(typeof(GpuVendor), vendor.GetString()!) : null,
        GpuArchitectures = row.Find("gpuArchitectures") is null
            ? null
            : [.. row.Texts("gpuArchitectures").Select(word => (GpuArchitecture)CatalogWords.Value(typeof(GpuArchitecture), word))],
        Flag = row.Find("flag")?.GetString(),
        Problem = row.Text("problem"),
        Source = row.Text("source"),
        SourceDate = row.Text("sourceDate"),
    };

    private static JsonElement? Find(this JsonElement row, string member) =>
        row.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(this JsonElement row, string member) => row.GetProperty(member).GetString()!;

    private static string[] Texts(this JsonElement row, string member) =>
        [.. row.GetProperty(member).EnumerateArray().Select(item => item.GetString()!)];

    private static int Whole(this JsonElement row, string member) => row.GetProperty(member).GetInt32();

    private static double Number(this JsonElement row, string member) => row.GetProperty(member).GetDouble();

    private static bool Flag(this JsonElement row, string member) => row.Find(member)?.GetBoolean() ?? false;

    private static T Word<T>(this JsonElement row, string member)
        where T : struct, Enum => (T)CatalogWords.Value(typeof(T), row.Text(member));
}
