using CsCheck;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Lab.State;

namespace Infra.Tests.Unit.Lab.Mirrors;

public sealed class MirrorControlTests
{
    private static readonly Gen<MirrorFaults> Faults = Gen.Select(
        Gen.Long[1, long.MaxValue].Select(bytes => bytes % 2 == 0 ? (long?)null : bytes), Gen.Int[0, 600_000], Gen.Bool, Gen.Bool,
        Gen.Int[400, 599],
        Gen.Long[0, 1_000_000_000], Gen.Int[0, 9], Gen.DateTimeOffset,
        (bytes, latency, down, hang, refuse, after, times, asked) => new MirrorFaults
        {
            BytesPerSecond = bytes,
            LatencyMs = latency,
            Down = down,
            Hang = hang,
            Refuse = refuse % 2 == 0 ? null : new MirrorRefusal
            {
                Statuses = [refuse, 200],
                At = (MirrorPart)(refuse % 3),
                Times = times == 0 ? null : times,
                Rate = times % 2 == 0 ? null : 0.25,
                Seed = times,
                Headers = new Dictionary<string, string> { ["Retry-After"] = "5" },
                Asked = asked,
            },
            Cut = times == 0 ? null : new(after, times, asked),
            Corrupt = times < 5 ? null : new("tekken.json", times),
        });

    [Fact]
    public void What_is_written_is_read_again() =>
        Gen.Select(Faults, Faults, Faults, Faults).Sample((hub, registry, python, apt) =>
        {
            var control = new MirrorControl { Hub = hub, Registry = registry, Python = python, Apt = apt };
            Assert.Equal(control, MirrorControl.Parse(control.ToJson()));
        });

    [Fact]
    public void A_file_that_is_not_there_asks_for_nothing() =>
        Assert.Equal(new(), MirrorControl.Load(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "control.json")));

    [Fact]
    public async Task A_control_file_that_is_no_file_or_endless_is_refused_and_the_mirrors_stay_unchanged()
    {
        var folder = Directory.CreateTempSubdirectory("mirrors-");
        var path = Path.Combine(folder.FullName, "control.json");
        Func<Task>[] damages =
        [
            () => HostProgram.RunAsync("mkfifo", [path], null, TestContext.Current.CancellationToken),
            () => Task.FromResult(File.CreateSymbolicLink(path, "/dev/zero")),
            () => Task.FromResult(Directory.CreateDirectory(path)),
            () => File.WriteAllTextAsync(path, new string(' ', (1 << 20) + 1), TestContext.Current.CancellationToken),
        ];
        foreach (var damage in damages)
        {
            await damage();
            Assert.Throws<StateFileException>(() => MirrorControl.Load(path));
            var complaints = new List<string>();
            using var board = new MirrorBoard(path, TimeProvider.System, complaints.Add);
            board.Refresh();
            Assert.EndsWith("; the mirrors keep their settings", Assert.Single(complaints), StringComparison.Ordinal);
            StateFile.Remove(path);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_saved_file_is_loaded()
    {
        var folder = Directory.CreateTempSubdirectory("mirrors-");
        var path = Path.Combine(folder.FullName, "control.json");
        var control = new MirrorControl().With(MirrorKind.Python, new() { Refuse = 503, Corrupt = new("*", 2) });
        control.Save(path);
        Assert.Equal(control, MirrorControl.Load(path));
        Assert.Single(folder.GetFiles());
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""{"hub":{"bytesPerSecond":0}}""", "hub.bytesPerSecond")]
    [InlineData("""{"apt":{"refuse":{"statuses":[302]}}}""", "apt.refuse")]
    [InlineData("""{"apt":{"refuse":{"statuses":[]}}}""", "apt.refuse")]
    [InlineData("""{"hub":{"refuse":{"statuses":[403],"times":-1}}}""", "hub.times")]
    [InlineData("""{"hub":{"refuse":{"statuses":[403],"rate":1.5}}}""", "hub.rate")]
    [InlineData("""{"hub":{"refuse":{"statuses":[403],"at":"moon"}}}""", "hub.refuse.at")]
    [InlineData("""{"hub":{"refuse":{"times":1}}}""", "statuses")]
    [InlineData("""{"registry":{"latencyMs":-1}}""", "registry.latencyMs")]
    [InlineData("""{"python":{"cut":{"afterBytes":-1,"times":1}}}""", "python.cut")]
    [InlineData("""{"hub":{"bandwidth":1}}""", "bandwidth")]
    [InlineData("""{"hub":null}""", "null")]
    [InlineData("null", "null")]
    [InlineData("{", "JSON")]
    public void A_wrong_file_is_reported(string json, string words) =>
        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => MirrorControl.Parse(json)).Message,
            StringComparison.OrdinalIgnoreCase);
}
