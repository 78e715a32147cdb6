using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Host;
using Infra.Lab.Mirrors;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Stacks;
using Infra.Lab.State;
using Infra.Planning.Catalog;

namespace Infra.Tests.Unit.Lab.Host;

/// <summary>
/// Every state file, damaged in every way that a full disk, a power cut or a person knows: its reader continues or ends in one message
/// with a fix that works. The fix is <c>down</c>, which works whatever there is.
/// </summary>
public sealed class StateFuzzTests : IDisposable
{
    private const string Volume = "11111111-0000-4000-8000-000000000001";

    // Flushing to a disk would take longer than everything else.
    private readonly string _cache = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"infra-fuzz-{Guid.NewGuid():n}")).FullName;
    private readonly LabStack _lab;

    public StateFuzzTests() => _lab =
        LabStack.Of(_cache, new("inference", "local", ImmutableDictionary<string, string>.Empty, ImmutableHashSet<string>.Empty), _cache);

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    private LabFolder Folder => _lab.Folder;

    /// <summary>Files of a stack that came up, by their place in its folder, and what reads each.</summary>
    private static (string File, Action<LabStack> Read)[] Readers =>
    [
        ("cloud/account.db", static lab => _ = lab.Nodes()),
        ("cloud/account.db", static lab => OpenCloud(lab.Folder).Dispose()),
        ("endpoints.json", static lab => _ = lab.Endpoints()),
        ("addresses.json", static lab => _ = StateFile.Read(
            Path.Combine(lab.Folder.Path, "addresses.json"), MachineJson.Default.DictionaryStringString)),
        ("neighbour.json", static lab => _ = StateFile.Read(
            Path.Combine(lab.Folder.Path, "neighbour.json"), MachineJson.Default.NetworkNeighbour)),
        ($"volumes/{Volume}.img.json", static lab => _ = StateFile.Read(
            Path.Combine(lab.Folder.Volumes, $"{Volume}.img.json"), MachineJson.Default.VolumeSpec)),
        ("mirrors.json", static lab => _ = MirrorControl.Load(lab.Folder.MirrorControl)),
        ("access/chat.alice.key", static lab => _ = new AccessFiles(lab.Folder).Key("chat", "alice")),
        ("../local.lock", static lab => FolderLock.TakeAsync(
            lab.Folder.Lock, static _ => { }, CancellationToken.None).GetAwaiter().GetResult().Dispose()),
    ];

    [Fact]
    public void With_any_damage_to_a_state_file_its_readers_continue_or_report_a_fix_and_down_works() => Check.Sample(
        Gen.Select(Gen.Int[0, Readers.Length - 1], Gen.Int[0, Damages.Length - 1], Gen.Int[0, int.MaxValue]),
        (reader, damage, chance) =>
        {
            Write();
            var (name, read) = Readers[reader];
            var file = name == "../local.lock" ? Folder.Lock : Path.Combine(Folder.Path, name);
            Damages[damage].Do(file, new Random(chance));
            var (status, output) = Guarded(() => read(_lab));
            var what = $"{name}, {Damages[damage].Name}, {chance}: {status} {output}";
            Assert.True(status is 0 or 1, what);
            Assert.True(status == 0
                || (output.Contains("\n  fix: ", StringComparison.Ordinal) && !output.Contains("   at ", StringComparison.Ordinal)), what);

            Assert.True(_lab.DownAsync(static _ => { }, CancellationToken.None).GetAwaiter().GetResult(), what);
            Assert.False(Path.Exists(Folder.Path), what);
        },
        iter: 250, threads: 1);

    [Theory]
    [InlineData("")]
    [InlineData("access")]
    [InlineData("volumes")]
    [InlineData("cloud")]
    public async Task A_file_or_a_link_in_place_of_a_folder_is_deleted_without_its_target(string name)
    {
        var bystander = Directory.CreateDirectory(Path.Combine(_cache, "somebody-elses")).FullName;
        File.WriteAllText(Path.Combine(bystander, "kept"), "");
        foreach (var replace in new Action<string>[]
        {
            path => File.WriteAllText(path, "x"),
            path => Directory.CreateSymbolicLink(path, bystander),
        })
        {
            Write();
            var path = Path.Combine(Folder.Path, name).TrimEnd('/');
            Directory.Delete(path, recursive: true);
            replace(path);
            Assert.True(await _lab.DownAsync(static _ => { }, TestContext.Current.CancellationToken));
            Assert.False(Path.Exists(Folder.Path) || new FileInfo(Folder.Path).LinkTarget is not null);
            Assert.True(File.Exists(Path.Combine(bystander, "kept")));

            // Nothing that is left blocks the next lab.
            Write();
            Directory.Delete(path, recursive: true);
            replace(path);
            Folder.Create();
            StateFile.Write(Path.Combine(Folder.Access, "x"), "x"u8);
            Assert.Equal("kept", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(bystander))));
            await _lab.DownAsync(static _ => { }, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Anything_in_place_of_a_state_file_is_replaced()
    {
        Write();
        foreach (var (_, damage) in Damages.Where(damage => damage.Name != "gone"))
        {
            var file = Path.Combine(Folder.Path, "addresses.json");
            damage(file, new Random(1));
            StateFile.Write(file, "{}"u8);
            Assert.Equal("{}"u8.ToArray(), StateFile.Read(file));
        }
    }

    private static readonly (string Name, Action<string, Random> Do)[] Damages =
    [
        ("gone", static (file, _) => File.Delete(file)),
        ("empty", static (file, _) => File.WriteAllText(file, "")),
        ("cut", static (file, chance) => File.WriteAllBytes(
            file, File.ReadAllBytes(file)[..chance.Next((int)new FileInfo(file).Length + 1)])),
        ("a byte is another", static (file, chance) =>
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.Length > 0)
            {
                bytes[chance.Next(bytes.Length)] ^= (byte)(1 << chance.Next(8));
            }

            File.WriteAllBytes(file, bytes);
        }),
        ("binary", static (file, chance) =>
        {
            var bytes = new byte[chance.Next(4096)];
            chance.NextBytes(bytes);
            File.WriteAllBytes(file, bytes);
        }),
        ("another type", static (file, chance) => File.WriteAllText(
            file,
            new[] { "null", "[]", "{}", "\"x\"", "7", "-1e999", "true", "[[[[1]]]]", $"{new string('[', 9000)}" }[chance.Next(9)])),
        ("members of other types", static (file, chance) => File.WriteAllText(file, Twisted(file, chance))),
        ("two of them", static (file, _) => File.AppendAllText(file, File.ReadAllText(file))),
        ("a folder", static (file, _) =>
        {
            File.Delete(file);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(file).FullName, "in it"), "x");
        }),
        ("a link to nothing", static (file, _) => Link(file, "/nowhere/at/all")),
        ("a link to itself", static (file, _) => Link(file, file)),
        ("a link to a device", static (file, _) => Link(file, "/dev/null")),
        ("unreadable", static (file, _) => File.SetUnixFileMode(file, UnixFileMode.None)),
    ];

    private static void Link(string file, string target)
    {
        File.Delete(file);
        File.CreateSymbolicLink(file, target);
    }

    /// <summary>The same document with values of other types, where it is one.</summary>
    private static string Twisted(string file, Random chance)
    {
        var text = File.ReadAllText(file);
        JsonNode? node;
        try
        {
            // Without its seal, where it has one.
            node = JsonNode.Parse(text[..(text.LastIndexOfAny(['}', ']']) + 1)]);
        }
        catch (JsonException)
        {
            return "{\"a\": [";
        }

        if (node is JsonObject members && members.Count > 0)
        {
            var name = members.ElementAt(chance.Next(members.Count)).Key;
            members[name] = new JsonNode?[] { null, 1, "x", new JsonArray(), new JsonObject(), 1e300, true }[chance.Next(7)];
        }

        return node?.ToJsonString() ?? "null";
    }

    /// <summary>State files as a running stack writes them.</summary>
    private void Write()
    {
        StateFile.Remove(Folder.Path);
        StateFile.Remove(Folder.Lock);
        Folder.Create();
        using (var state = OpenCloud(Folder))
        {
            state.Put(new() { Order = state.NextOrder(), Type = Types.Vpc, Name = "network", Id = "vpc" });
        }

        EndpointAccess.Save(Folder, [new("chat", "private", "https://127.0.0.1/v1", "m", ["alice"], "198.51.100.11", null)]);
        StateFile.Write(Path.Combine(Folder.Path, "addresses.json"), new Dictionary<string, string> { ["1"] = "198.51.100.11" },
            MachineJson.Default.DictionaryStringString);
        StateFile.Write(Path.Combine(Folder.Path, "neighbour.json"), new("link", "10.0.0.250", "vpc"),
            MachineJson.Default.NetworkNeighbour);
        StateFile.Write(Path.Combine(Folder.Volumes, $"{Volume}.img.json"), new(Volume, "weights", 1, "ext4", null),
            MachineJson.Default.VolumeSpec);
        new MirrorControl().With(MirrorKind.Hub, new() { Down = true }).Save(Folder.MirrorControl);
        File.WriteAllText(Path.Combine(Folder.Access, "chat.alice.key"), "sk-1234\n");
        File.WriteAllText(Folder.Lock, "4242");
    }

    private static CloudState OpenCloud(LabFolder folder) =>
        CloudState.Open(folder.Cloud, new() { Catalog = ModelCatalog.Load() }, TimeProvider.System);

    private (int Status, string Output) Guarded(Action act)
    {
        using var output = new StringWriter(new StringBuilder());
        var status = LabFailure.GuardAsync(new Terminal(output, output, interactive: false), json: false, () => Task.Run(act),
            () => StateFiles.FindBroken([Folder])).GetAwaiter().GetResult();
        return (status, output.ToString());
    }
}
