using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Tests.Unit.Sizing;

/// <summary>The margin of a plan follows from the measured error of its class.</summary>
public sealed class SizingClassTests
{
    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Set GOLDEN_ACCEPT=1 to rewrite the data, then build again: it is part of the program.</summary>
    [Fact]
    public void The_data_are_what_the_observations_say()
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../planning/Catalog/data/sizing-classes.json"));
        var measured = JsonSerializer.Serialize(SizingClasses.Measure(), Shape) + "\n";
        if (Environment.GetEnvironmentVariable("GOLDEN_ACCEPT") == "1")
        {
            File.WriteAllText(path, measured);
        }

        Assert.Equal(measured, File.ReadAllText(path));
        Assert.Equal(measured, JsonSerializer.Serialize(SizingClass.Measured, Shape) + "\n");
    }

    [Fact]
    public void The_median_of_every_class_is_within_its_margin() => Assert.All(SizingClass.Measured, row =>
        Assert.True(row.MedianErrorPercent <= 100 * row.MarginShare(EngineMemory.For(row.NewestEngine!)), row.ToString()));

    /// <summary>A margin carries to a source that it has not seen: with the margin of all others, no log had less than was promised.</summary>
    [Fact]
    public void The_margin_of_the_other_sources_covers_every_source() =>
        Assert.All(SizingClasses.HoldOut(), row => Assert.True(row.Promised == 0, row.ToString()));

    [Fact]
    public void A_class_without_a_log_of_the_engines_runner_has_a_wider_margin_and_says_so()
    {
        var dense = Of(new Layout(1, 1), GpuVendor.Nvidia);
        Assert.Equal(SizingClass.LeastShare, dense.MarginShare(EngineMemory.For("0.31.0")));

        var split = Of(new Layout(4, 1), GpuVendor.Nvidia);
        Assert.Equal(SizingClass.LeastShare, split.MarginShare(EngineMemory.For("0.19.0")));
        Assert.Equal(SizingClass.FewLogsShare, split.MarginShare(EngineMemory.For("0.31.0")));
        Assert.Contains("none newer than vLLM 0.20", split.Describe(EngineMemory.For("0.31.0")), StringComparison.Ordinal);

        var unknown = SizingClass.Of(Sample.Ministral8B, GpuVendor.Amd, new Layout(2, 1), fastInterconnect: false);
        Assert.Equal(SizingClass.NoLogShare, unknown.MarginShare(EngineMemory.For("0.31.0")));
        Assert.Contains("no log to compare with", unknown.Describe(EngineMemory.For("0.31.0")), StringComparison.Ordinal);
    }

    private static SizingClass Of(Layout layout, GpuVendor vendor) =>
        SizingClass.Of(Sample.Ministral8B, vendor, layout, fastInterconnect: true);

    private static string Here([CallerFilePath] string file = "") => file;
}
