using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;

namespace Infra.Node;

/// <summary>
/// Renders <c>/etc/inference/node.env</c>: sorted <c>KEY=value</c> lines. The part of a key before its first underscore selects the units
/// to restart when it changes (see <c>apply-settings</c>).
/// </summary>
public static partial class NodeEnvironment
{
    /// <summary>Path on a node.</summary>
    public const string Path = "/etc/inference/node.env";

    /// <summary>GPUs report slightly less than the catalog's memory, but never a tenth less; a partition or another card does.</summary>
    private const double GpuMemoryTolerance = 0.97;

    /// <summary>
    /// Shared memory of vLLM's ranks in <c>/dev/shm</c>: vLLM checks for about 240 MiB at start, NCCL's buffers come on top.
    /// </summary>
    private const int SharedMemoryMiBPerRank = 2048;

    /// <summary>The content of the file, without secrets.</summary>
    /// <param name="plan">The endpoint.</param>
    /// <param name="vpcRange">Address range of the VPC: nginx listens on the node's address in it, and on loopback.</param>
    /// <param name="cacheVolume">Name of the Volume with the weights; null: the scratch disk, or else the boot disk.</param>
    /// <exception cref="ConfigurationException">A value has a character that systemd and the scripts would read differently.</exception>
    public static string Render(EndpointPlan plan, string vpcRange, string? cacheVolume = null)
    {
        var values = Values(plan, vpcRange, cacheVolume);
        var errors = values
            .Where(value => !Allowed().IsMatch(value.Value))
            .Select(value => UserError.InStackConfig(
                $"endpoints.{plan.Name}", value.Value,
                $"cannot be written to node.env as {value.Key}: only letters, digits, spaces and _.,:/@=+~<>![]- can"))
            .ToArray();
        return errors.Length > 0
            ? throw new ConfigurationException(errors)
            : string.Concat(values.Select(value => $"{value.Key}={value.Value}\n"));
    }

    private static SortedList<string, string> Values(EndpointPlan plan, string vpcRange, string? cacheVolume)
    {
        var placement = plan.Placement;
        var package = placement.Engine.Package;
        var image = placement.Engine.Images.GetValueOrDefault(placement.Gpu.Vendor);
        var container = plan.Install == EngineInstall.Container;
        var share = FairShare.Of(placement, plan.Clients.Count);
        var gpus = placement.TensorParallel * placement.DataParallel;
        return new(StringComparer.Ordinal)
        {
            ["API_ADDRESS"] = Caller(plan.Access),
            ["API_BODY_MIB"] = Text(share.BodyMiB(placement.MaxModelLen, plan.ImagesPerPrompt)),
            ["API_CLIENTS"] = share.Limits(plan.Clients),
            ["API_CORS_ORIGINS"] = string.Join(',', plan.CorsOrigins),
            ["API_TASK"] = CatalogWords.Of(placement.Model.Task),
            ["ENDPOINT_NAME"] = plan.Name,
            ["ENGINE_IMAGE"] = container ? image?.Reference ?? "" : "",
            ["ENGINE_INSTALL"] = container ? "container" : "venv",
            ["ENGINE_REQUIREMENTS"] = container ? "" : string.Join(' ', package?.Requirements ?? []),
            ["ENGINE_RESOLVED_BEFORE"] = container ? "" : package?.ResolvedBefore ?? "",
            ["ENGINE_VERSION"] = placement.Engine.Version,
            ["FIREWALL_ADMIN_CIDRS"] = string.Join(',', plan.Ports.Ssh.Cidrs),
            ["FIREWALL_CLIENT_CIDRS"] = string.Join(',', plan.Ports.Nodes.InAddresses(vpcRange)),
            ["FIREWALL_OUTBOUND_PORTS"] = string.Join(',', PortAccess.OutboundTcpPorts),
            ["FIREWALL_VPC_CIDR"] = vpcRange,
            ["GPU_COUNT"] = Text(gpus),
            ["GPU_DRIVER_MINIMUM"] = (container ? image?.MinimumDriver : package?.MinimumDriver) ?? "",
            ["GPU_MEMORY_MIB_MINIMUM"] = Text((int)(placement.Gpu.VisibleGiB * 1024 * GpuMemoryTolerance)),
            ["GPU_NAME"] = Label(placement.Gpu.Name),
            ["GPU_WAIT_S"] = "45",
            ["GPU_VENDOR"] = placement.Gpu.Vendor == GpuVendor.Amd ? "amd" : "nvidia",
            ["MODEL_BYTES"] = placement.Model.WeightBytes.ToString(CultureInfo.InvariantCulture),
            ["MODEL_CHECKSUMS"] = WeightsChecksums.Marks(plan.Checksums),
            ["MODEL_FORMAT"] = placement.Model.ServedFormat == WeightsFormat.Mistral ? "mistral" : "hf",
            ["MODEL_HUB"] = plan.Hub,
            ["MODEL_ID"] = placement.Model.Id,
            ["MODEL_REVISION"] = plan.Revision,
            ["MODEL_SERVED_NAME"] = plan.ServedModelName,
            ["RETRY_S"] = Text(plan.RetrySeconds),
            ["STORAGE_SCRATCH_GB"] = Text(placement.Size.ScratchDiskGB ?? 0),
            ["STORAGE_VOLUME"] = cacheVolume ?? "",
            ["VLLM_ARGS"] = string.Join(' ', plan.Flags),
            ["VLLM_MAX_COMPLETION_PROMPTS"] = Text(share.Prompts),
            ["VLLM_MAX_N_SEQUENCES"] = Text(share.Answers),
            ["VLLM_READY_TIMEOUT_S"] = Text(plan.ReadyTimeoutSeconds),
            ["VLLM_SHM_MIB"] = Text(gpus > 1 ? SharedMemoryMiBPerRank * gpus : 64),
        };
    }

    /// <summary>
    /// How a node finds the caller's address: in <c>X-Forwarded-For</c> of the load balancer that terminates TLS; not at all behind a
    /// passthrough load balancer, so no limits per address; or from the connection.
    /// </summary>
    private static string Caller(Access access) => access switch
    {
        Access.Public => "header",
        Access.Internal => "balancer",
        _ => "connection",
    };

    /// <summary>A display name without characters that node.env does not allow: <c>NVIDIA B300 air cooled</c>.</summary>
    private static string Label(string name) => string.Concat(name.Where(letter => letter == ' ' || Allowed().IsMatch($"{letter}"))).Trim();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    // No quote, backslash, dollar, hash, semicolon or line break, and no space at either end: EnvironmentFile= and a simple parser then
    // agree.
    [GeneratedRegex(@"\A(?:[A-Za-z0-9_.,:/@=+~<>!\[\]-](?:[A-Za-z0-9_.,:/@=+~<>!\[\] -]*[A-Za-z0-9_.,:/@=+~<>!\[\]-])?)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
