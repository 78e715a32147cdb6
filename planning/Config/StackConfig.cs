using System.ComponentModel.DataAnnotations;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Who can reach an endpoint.</summary>
public enum Access
{
    /// <summary>Through an SSH tunnel, and for the listed client tags and addresses.</summary>
    Private,

    /// <summary>Through a load balancer in the VPC.</summary>
    Internal,

    /// <summary>Through a load balancer with a domain and a managed certificate, for the listed addresses.</summary>
    Public,
}

/// <summary>How the replicas of an endpoint are created and changed.</summary>
public enum Rollout
{
    /// <summary>All at the same time: the fastest, and the endpoint is down meanwhile.</summary>
    Parallel,

    /// <summary>One after the other: each waits until the previous one answers, so that all but one keep serving.</summary>
    Rolling,
}

/// <summary>Which parts of a tool call vLLM's grammar enforces (<c>--tool-strict-level</c>).</summary>
public enum ToolStrictLevel
{
    /// <summary>According to the request's tool choice and each tool's <c>strict</c>.</summary>
    Auto,

    /// <summary>The format of the call and the function names, for every request with tools.</summary>
    Function,

    /// <summary>Also the schemas of all arguments, as if every tool were strict.</summary>
    Parameter,
}

/// <summary>The stack config. Each property is a key of <c>Pulumi.STACK.yaml</c>; see <c>Pulumi.yaml</c> for types and defaults.</summary>
public sealed record StackConfig
{
    /// <summary>Region slug of all resources of the stack: <c>tor1</c>.</summary>
    [Required]
    public string Region { get; init; } = "";

    /// <summary>Addresses in CIDR notation that may open SSH, including the machine that runs <c>pulumi up</c>.</summary>
    [Required, MinLength(1)]
    public IReadOnlyList<string> AdminCidrs { get; init; } = [];

    /// <summary>SSH public keys of people who may log in as <c>ops</c>, in addition to the stack's own key. Default: none.</summary>
    public IReadOnlyList<string> AdminSshKeys { get; init; } = [];

    /// <summary>The models to serve, by endpoint name.</summary>
    [Required, MinLength(1)]
    public IReadOnlyDictionary<string, EndpointConfig> Endpoints { get; init; } = new Dictionary<string, EndpointConfig>();

    /// <summary>Maximum price of the whole stack in USD per hour. Default: 10, above which the limit must be set.</summary>
    public decimal? MaxHourlyUsd { get; init; }

    /// <summary>
    /// Address range of the VPC, /16 to /24. Default: DigitalOcean picks one that does not overlap. If you remove the setting, the VPC
    /// keeps its range.
    /// </summary>
    public string? VpcCidr { get; init; }

    /// <summary>Catalog file with more models and sizes, relative to the project. Default: none.</summary>
    public string? Catalog { get; init; }

    /// <summary>Additional tags of every Droplet. Default: none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Engine of every endpoint that does not set one.</summary>
    public EngineConfig Engine { get; init; } = new();

    /// <summary>
    /// Continue although DigitalOcean does not list the size in the region now, for example for an existing Droplet. Default: false.
    /// </summary>
    public bool IgnoreAvailability { get; init; }

    /// <summary>Deprecated names in the configuration, by the path of their endpoint.</summary>
    internal IReadOnlyList<(string Endpoint, string Warning)> Deprecations { get; init; } = [];

    /// <summary>Paths of encrypted values that could not be read; this config has defaults or substitutes in their place.</summary>
    internal IReadOnlyList<string> Encrypted { get; init; } = [];

    /// <summary>Reads the configuration of a stack. All errors are in one exception.</summary>
    /// <param name="config">
    /// Keys with their namespace, and their values: text, or JSON for lists and maps. This is the form of the environment variable
    /// <c>PULUMI_CONFIG</c>. Keys outside the namespace <c>inference</c> are ignored, as is the secret <c>huggingFaceToken</c>.
    /// </param>
    /// <param name="secretKeys">Keys that are stored encrypted: no message contains their values. Default: unknown.</param>
    /// <exception cref="ConfigurationException">Errors that are found without the catalog; <c>StackPlan.Read</c> finds all.</exception>
    public static StackConfig Parse(IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys = null)
    {
        var errors = new List<UserError>();
        var stackConfig = Parse(config, secretKeys, errors);
        return errors.Count == 0 ? stackConfig : throw new ConfigurationException(new Concealment(config, secretKeys).Of(errors));
    }

    /// <summary>The same for a caller that collects more errors.</summary>
    internal static StackConfig Parse(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys, List<UserError> errors)
    {
        var stackConfig = Substitutes.BeforeRules(ConfigReader.Read(config, secretKeys, errors));
        new ConfigRules(errors).Check(stackConfig);
        return Substitutes.AfterRules(stackConfig, errors);
    }
}

/// <summary>vLLM on the nodes.</summary>
public sealed record EngineConfig
{
    /// <summary>How the node gets vLLM: the pinned image, or the pinned version in a virtual environment. Default: container.</summary>
    public EngineInstall? Install { get; init; }

    /// <summary>vLLM release in the catalog. Default: the newest that serves the model.</summary>
    public string? Version { get; init; }
}

/// <summary>One model behind one API.</summary>
public sealed record EndpointConfig
{
    /// <summary>Repository id in the catalog.</summary>
    [Required]
    public string Model { get; init; } = "";

    /// <summary>Pinned commit, 40 hex digits. Default: the catalog's.</summary>
    public string? Revision { get; init; }

    /// <summary>Name that clients send as <c>model</c>. Default: the repository id.</summary>
    public string? ServedModelName { get; init; }

    /// <summary>Tokens of prompt and answer together. Default: 8192, or with a named size the longest that fits.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Concurrent requests of that length. Default: 4, or 1 with a named size and no context length.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Size slug. Default: the cheapest that fits.</summary>
    public string? Size { get; init; }

    /// <summary>Sales terms that are allowed for a size chosen by the program. Default: on demand.</summary>
    public IReadOnlyList<Availability> Availability { get; init; } = [];

    /// <summary>Image id or slug of the Droplets. Default: the AI/ML-ready image of the size.</summary>
    public string? Image { get; init; }

    /// <summary>Number of nodes. Default: 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>
    /// Order in which replicas are created and changed. Default: parallel; a change that replaces them deletes all before the first new
    /// one exists.
    /// </summary>
    public Rollout Rollout { get; init; } = Rollout.Parallel;

    /// <summary>
    /// Who reaches the endpoint: a tunnel and named clients, the VPC, or named addresses of the internet. Default: private.
    /// </summary>
    public Access Access { get; init; } = Access.Private;

    /// <summary>Domain name of a public endpoint: <c>llm.example.com</c>.</summary>
    public string? Domain { get; init; }

    /// <summary>
    /// DNS zone at DigitalOcean that contains the domain. Default: the domain without its first label, or the domain itself if that leaves
    /// a top-level domain or a registry such as <c>co.uk</c>.
    /// </summary>
    public string? DnsZone { get; init; }

    /// <summary>Addresses that may call the API: of the VPC for private and internal access, of the internet for public access.</summary>
    public IReadOnlyList<string> ClientCidrs { get; init; } = [];

    /// <summary>Tags of Droplets that may call the API, for private access.</summary>
    public IReadOnlyList<string> ClientTags { get; init; } = [];

    /// <summary>Clients that get an API key: a name, or a name with its own limits. Default: one client, named default.</summary>
    public IReadOnlyList<ClientConfig> Clients { get; init; } = [];

    /// <summary>
    /// Origins of web pages that may call the API from a browser: <c>https://app.example.com</c>, <c>http://localhost:PORT</c>. Default:
    /// none.
    /// </summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Accept images. Default: true if the model supports them.</summary>
    public bool? Vision { get; init; }

    /// <summary>Maximum number of images in one request. Default: 4.</summary>
    public int ImagesPerPrompt { get; init; } = 4;

    /// <summary>GPUs that one copy of the weights is split over. Default: the fewest that satisfy the placement request.</summary>
    public int? TensorParallel { get; init; }

    /// <summary>Parallel engines on a node. Default: as many as its GPUs have room for.</summary>
    public int? DataParallel { get; init; }

    /// <summary>Share of a GPU's memory that vLLM may use. Default: vLLM's default, 0.92.</summary>
    public double? GpuMemoryUtilization { get; init; }

    /// <summary>Tokens of one engine step. Default: vLLM's default for the GPU, 8192 or 2048.</summary>
    public int? MaxNumBatchedTokens { get; init; }

    /// <summary>
    /// Requests in one engine step. Default: vLLM's default for the GPU, 1024 or 256, or fewer if only that makes the model fit.
    /// </summary>
    public int? MaxNumSeqs { get; init; }

    /// <summary>Data type of the KV cache. Default: auto, the model's own type.</summary>
    public KvCacheType KvCacheDtype { get; init; } = KvCacheType.Auto;

    /// <summary>
    /// How strictly the engine enforces the declared tools: auto (a tool's schema only if the client sends strict), function (names),
    /// parameter (every tool's schema). Needs vLLM 0.31. Default: vLLM's default, auto.
    /// </summary>
    public ToolStrictLevel? ToolStrictLevel { get; init; }

    /// <summary>
    /// Size in GiB of a Volume that keeps the weights when the Droplet is deleted. It grows in place and never shrinks. Adding or removing
    /// it replaces the Droplet. Default: none, the scratch or boot disk.
    /// </summary>
    public int? CacheVolumeGiB { get; init; }

    /// <summary>
    /// Timeout from the Droplet's creation to the first answer, in minutes. Default: 60, or 180 for more than 100 GB of weights.
    /// </summary>
    public int? ReadyTimeoutMinutes { get; init; }

    /// <summary>Engine of this endpoint. Default of each member: the stack's.</summary>
    public EngineConfig? Engine { get; init; }
}
