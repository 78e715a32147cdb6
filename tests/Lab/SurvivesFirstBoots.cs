using System.Text;
using Infra.Lab.Host;
using Infra.Lab.Mirrors;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// Three servers on which everything goes wrong, one fault after the other, as far as their first boot gets; then all is well. <c>image</c>
/// has the engine in a container, <c>wheels</c> in a virtual environment; <c>card</c> has a GPU and a disk that are not what was planned.
/// </summary>
public sealed class SurvivesFirstBoots : IAsyncLifetime
{
    private static readonly string[] Impatient = ["RETRY_S=3", "GPU_WAIT_S=2"];
    private static readonly string[] Patient = ["RETRY_S=900"];

    /// <summary>The disk of one node is full until it is mounted again with another size.</summary>
    private const string SmallDisk = "tmpfs /srv/inference tmpfs size=1g 0 0\n";

    internal RunningStack Stack { get; } = RunningStack.Prepare("faulty", SurvivesStage.ConfigValues(
        ("image", SurvivesStage.Endpoint()), ("wheels", SurvivesStage.Endpoint(install: "venv")), ("card", SurvivesStage.Endpoint())));

    /// <summary>The message of each node's failure, by fault.</summary>
    internal Dictionary<string, IReadOnlyDictionary<string, string>> Reported { get; } = new(StringComparer.Ordinal);

    /// <summary>Result of the run after all was repaired.</summary>
    internal UpResult Repaired { get; private set; } = null!;

    /// <summary>Bytes that the server with the wrong card had asked of hub and registry before it had the right one.</summary>
    internal long BytesBeforeTheCard { get; private set; }

    /// <summary>Connections of a server to a silent hub, as the kernel lists them with their timers.</summary>
    internal string SilentConnections { get; private set; } = "";

    private Func<MachineDescription, MachineDescription> _card = machine => machine with { Count = 0 };

    public async ValueTask InitializeAsync()
    {
        Stack.Folder.Create();
        Stack.Options = Stack.Options with
        {
            Extras = new ServerExtras
            {
                Machine = (name, machine) => name == SurvivesStage.Hostname(Stack, "card") ? _card(machine) : machine,
                Files = name =>
                    name == SurvivesStage.Hostname(Stack, "card")
                        ? new(SurvivesStage.With(Impatient, ("packages", Patient))) { ["etc/fstab"] = Encoding.UTF8.GetBytes(SmallDisk) }
                    : name == SurvivesStage.Hostname(Stack, "wheels") ? SurvivesStage.With(Impatient, ("packages", SurvivesStage.AYearAgo),
                        ("weights", [.. Patient, .. SurvivesStage.AYearAgo]))
                    : SurvivesStage.With(Impatient),
            },
        };

        // The hub accepts connections and sends nothing: a waiting download is no failure yet.
        Stack.SetMirrors(control => control.With(MirrorKind.Apt, new() { Down = true }).With(MirrorKind.Hub, new() { Hang = true }));
        Reported["no packages, no GPU"] = await Stack.FailuresAsync(("image-0", "packages"), ("card-0", "gpu-check"));

        // It waits at most RETRY_S, possibly between two attempts: checked on the server itself, from a start on.
        SilentConnections = (await Stack.InsideAsync("image-0", "bash", "-c", """
            systemctl restart --no-block inference-weights.service
            for ((looks = 0; looks < 300; looks++)); do
              ss -tnoH state established 'dport = :443' | grep . && break
              sleep 0.1
            done
            systemctl stop inference-weights.service
            """)).Output;

        // A card that was not there when its server booted has no device.
        await Stack.InsideAsync("card-0", "mknod", "-m", "666", "/dev/nvidia0", "c", "1", "3");
        Stack.SetMirrors(control => control.With(MirrorKind.Apt, MirrorFaults.None)
            .With(MirrorKind.Hub, new() { Corrupt = new(SurvivesStage.Weights, 1000) }));
        _card = machine => machine with { Driver = "470.1" };
        Reported["corrupt weights, packages with another date, old driver"] = await Stack.FailuresAsync(("image-0", "weights"),
            ("wheels-0", "packages"), ("card-0", "gpu-check"));

        await Stack.SetValuesAsync("wheels-0", "packages");
        await Stack.SetValuesAsync("wheels-0", "weights", SurvivesStage.AYearAgo);
        // A run that was for another node has begun them again: what is under way would be wrong as before.
        foreach (var node in (string[])["image-0", "wheels-0"])
        {
            await Stack.InsideAsync(node, "systemctl", "stop", "inference-weights.service");
        }

        Stack.SetMirrors(control => control
            .With(MirrorKind.Hub, new() { Corrupt = new(SurvivesStage.Weights, 1, DateTimeOffset.UtcNow) })
            .With(MirrorKind.Registry, new() { Down = true }).With(MirrorKind.Python, new() { Down = true }));
        _card = machine => machine with { MemoryMiB = machine.MemoryMiB / 2 };
        Reported["no registry, weights with another date, small GPU"] = await Stack.FailuresAsync(("image-0", "engine-container"),
            ("wheels-0", "weights"), ("card-0", "gpu-check"));
        BytesBeforeTheCard = Stack.Requests("card-0", MirrorKind.Hub).Concat(Stack.Requests("card-0", MirrorKind.Registry))
            .Sum(line => line.Bytes);

        await Stack.SetValuesAsync("image-0", "engine-container", $"ENGINE_IMAGE=docker.io/vllm/vllm-openai@sha256:{new string('0', 64)}");
        await Stack.SetValuesAsync("wheels-0", "weights");
        Stack.SetMirrors(control => control.With(MirrorKind.Hub, MirrorFaults.None).With(MirrorKind.Registry, MirrorFaults.None));
        _card = machine => machine;
        Reported["no such image, no index, small disk"] = await Stack.FailuresAsync(("image-0", "engine-container"),
            ("wheels-0", "engine-venv"), ("card-0", "weights"));

        await Stack.SetValuesAsync("image-0", "engine-container");
        await Stack.SetValuesAsync("wheels-0", "engine-venv", "ENGINE_REQUIREMENTS=vllm==0.0.1");
        await Stack.InsideAsync("card-0", "mount", "-o", "remount,size=4g", "/srv/inference");
        Stack.SetMirrors(control => control.With(MirrorKind.Hub, new() { Down = true }).With(MirrorKind.Python, MirrorFaults.None));
        Reported["no such wheel, no hub"] = await Stack.FailuresAsync(("wheels-0", "engine-venv"), ("card-0", "weights"));

        await Stack.SetValuesAsync("wheels-0", "engine-venv");
        await Stack.InsideAsync("card-0", "sh", "-c",
            "systemctl stop inference-engine-container && mount -t tmpfs -o size=8m tmpfs /var/lib/containers");
        Stack.SetMirrors(control => control.With(MirrorKind.Hub, MirrorFaults.None));
        Reported["small disk for images"] = await Stack.FailuresAsync(("card-0", "engine-container"));

        await Stack.InsideAsync("card-0", "umount", "/var/lib/containers");
        Repaired = await Stack.UpAgainAsync();
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
