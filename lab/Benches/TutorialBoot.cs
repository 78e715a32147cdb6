using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Provider.Keys;
using Infra.Lab.Specs;
using Infra.Lab.Stacks;
using Infra.Planning;
using Infra.Planning.Plan;

namespace Infra.Lab.Benches;

/// <summary>
/// The steps of a tutorial on a Droplet of the same image: log in as root, apt, a virtual environment, pip, and <c>vllm serve</c> with the
/// name of a repository. Without pauses between the commands.
/// </summary>
internal static partial class TutorialBoot
{
    private const int ApiPort = 8000;
    private const string Log = "/root/vllm.log";
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task<BootRun> RunAsync(BootParameters parameters, string projectFolder, Action<string> print,
        CancellationToken cancel)
    {
        var configuration = parameters.Configuration($"{BootParameters.Stack}-tutorial");
        var lab = LabStack.Of(projectFolder, configuration);
        var folder = lab.Folder;
        try
        {
            folder.Create();
            var plan = StackPlan.Read(configuration.Values, configuration.SecretKeys, projectFolder);
            var images = await ServerImages.PrepareAsync(folder.Cache, [ServerBase.Default], print, cancel);
            await MirrorContent.PrepareAsync(folder, images, plan, parameters.Size(), print, cancel);
            parameters.Mirrors().Save(folder.MirrorControl);
            await lab.Sandbox.StartAsync(Sandbox.NoOperatorAddress, cancel);
            using var runtime = new HostRuntime(folder, lab.Sandbox, images, ServerBase.Default,
                new PlannedHardware(lab.Stack, plan, parameters.Speed()), ServerExtras.None);
            return await BootAsync(parameters, runtime, lab, plan, cancel);
        }
        finally
        {
            await lab.DownAsync(print, CancellationToken.None);
        }
    }

    private static async Task<BootRun> BootAsync(BootParameters parameters, HostRuntime runtime, LabStack lab, StackPlan plan,
        CancellationToken cancel)
    {
        var key = KeyPair.NewEd25519();
        var server = new ServerSpec(
            "tutorial", Names.Hostname(lab.Stack, BootParameters.Endpoint, 0), UserData(key.PublicOpenSsh), "vpc", "10.114.0.0/20",
            await runtime.TakePublicAddressAsync("tutorial", cancel), "10.114.0.2", plan.Endpoints[0].Placement.Size.Slug, "image", []);
        var phases = new Dictionary<string, BootPhase>(StringComparer.Ordinal);
        var created = MachineClock.Now();
        await runtime.CreateServerAsync(server, cancel);
        await runtime.ApplyPolicyAsync(new NetworkPolicy(
            [new ServerPolicy(server.Id, server.PublicAddress, server.PrivateAddress, server.VpcId, Guarded: false, [], [])], []), cancel);
        await StepAsync("boot", "true", attempts: 600);
        // The image's first boot holds apt's lock, so the reader waits for it.
        await StepAsync("apt",
            "cloud-init status --wait > /dev/null; export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq "
                + "-y -o DPkg::Lock::Timeout=600 install python3-venv");
        await StepAsync("venv", "python3 -m venv /root/venv");
        await StepAsync("pip", "/root/venv/bin/pip --quiet install vllm");
        await StepAsync("start", string.Create(CultureInfo.InvariantCulture, $"""
            nohup /root/venv/bin/vllm serve {parameters.Model} --tokenizer_mode mistral --config_format mistral --load_format mistral \
              --max-model-len {BootParameters.ContextLength} --host 0.0.0.0 --port {ApiPort} > {Log} 2>&1 < /dev/null &
            """));
        await AnsweredAsync(parameters.Model, lab.Sandbox, server.PublicAddress, cancel);
        var seconds = MachineClock.Now() - created;
        var started = phases["start"].Start;
        var log = await CommandAsync($"cat {Log}", attempts: 1);
        var downloading = double.Parse(Downloaded().Match(log).Groups["seconds"].Value, CultureInfo.InvariantCulture);
        phases["weights"] = new BootPhase(started, started + downloading);
        phases["vllm"] = new BootPhase(started + downloading, seconds);
        phases.Remove("start");
        return new BootRun(seconds, phases);

        async Task StepAsync(string phase, string command, int attempts = 1)
        {
            var start = phase == "boot" ? 0 : MachineClock.Now() - created;
            await CommandAsync(command, attempts);
            phases[phase] = new BootPhase(start, MachineClock.Now() - created);
        }

        async Task<string> CommandAsync(string command, int attempts)
        {
            var answer = await runtime.SshAsync(
                new SshRequest(server.PublicAddress, 22, "root", key.PrivateOpenSsh, null, command, null, attempts), cancel);
            return answer.Status == 0
                ? answer.Output
                : throw new InvalidOperationException($"{command}: {answer.Status}\n{answer.Output}{answer.Errors}");
        }
    }

    private static async Task AnsweredAsync(string model, Sandbox sandbox, string address, CancellationToken cancel)
    {
        using var http = new HttpClient(NamespaceSockets.Handler(sandbox.NetworkPath(null), IPAddress.Parse(Sandbox.OutsiderAddress)))
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{ApiPort}")),
        };
        var question = new JsonObject { ["model"] = model, ["prompt"] = "Hello", ["max_tokens"] = 1 };
        for (var end = DateTime.UtcNow + Patience; ;)
        {
            try
            {
                using var answer = await http.PostAsJsonAsync("/v1/completions", question, cancel);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < end)
            {
                await Task.Delay(BetweenQuestions, cancel);
            }
        }
    }

    private static string UserData(string publicKey) => "#cloud-config\n" + JsonSerializer.Serialize(new JsonObject
    {
        ["disable_root"] = false,
        ["users"] = new JsonArray(new JsonObject { ["name"] = "root", ["ssh_authorized_keys"] = new JsonArray(publicKey.Trim()) }),
    });

    [GeneratedRegex(@"Time spent downloading weights for \S+: (?<seconds>[0-9.]+) seconds")]
    private static partial Regex Downloaded();
}
