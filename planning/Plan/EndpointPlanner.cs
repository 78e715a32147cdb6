using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Placements;
using Infra.Planning.Sizing;

namespace Infra.Planning.Plan;

/// <summary>Plans one endpoint: model and engine from the catalog, size and vLLM options from the sizing.</summary>
internal sealed class EndpointPlanner(StackConfig stack, ModelCatalog catalog, string name, EndpointConfig config, bool hasToken)
{
    private const int DefaultContextLength = 8192;
    private const int DefaultConcurrency = 4;
    private const string DefaultClient = "default";
    private const string PublicHub = "https://huggingface.co";
    private const int ReadyMinutes = 60;
    private const int RetrySeconds = 900;

    // Weights above this size take hours to fetch and load.
    private const long LargeModelBytes = 100_000_000_000;
    private const int LargeReadyMinutes = 180;

    // Names of DigitalOcean's distribution images begin with one of these.
    private static readonly string[] s_withoutDriver =
        ["ubuntu-", "debian-", "centos-", "fedora-", "rockylinux-", "almalinux-", "freebsd-", "opensuse-"];

    private readonly string _path = ConfigPath.Member("endpoints", name);
    private readonly List<UserError> _errors = [];
    private readonly EngineInstall _install = config.Engine?.Install ?? stack.Engine.Install ?? EngineInstall.Container;
    private readonly string? _version = config.Engine?.Version ?? stack.Engine.Version;

    /// <summary>The plan, or null with all reasons in <paramref name="errors"/>.</summary>
    public EndpointPlan? Plan(List<UserError> errors)
    {
        var plan = config.Model.Length == 0 ? null : Plan();
        errors.AddRange(_errors);
        return _errors.Count == 0 ? plan : null;
    }

    private EndpointPlan? Plan()
    {
        var model = Try(() => catalog.Model(config.Model, At("model")));
        var size = config.Size is { } slug ? Try(() => catalog.Size(slug, At("size"))) : null;
        if (model is null || (size is null && config.Size is not null))
        {
            return null;
        }
        CheckModel(model);
        var placement = Place(model, size);
        if ((placement?.Size ?? size) is { } booted)
        {
            CheckImage(booted);
        }
        if (placement is null)
        {
            return null;
        }
        CheckVolume(model);
        CheckTools(placement);
        if ((config.Revision ?? model.Revision) is not { } revision)
        {
            return null;
        }
        var slowest = model.WeightBytes > LargeModelBytes ? LargeReadyMinutes : ReadyMinutes;
        return new EndpointPlan
        {
            Name = name,
            Region = stack.Region,
            Placement = placement,
            Revision = revision,
            Checksums = WeightsChecksums.Of(model, revision),
            Hub = model.WeightsUrl ?? PublicHub,
            ServedModelName = config.ServedModelName ?? model.Id,
            Install = _install,
            ImagesPerPrompt = placement.Options.Vision && model.Architecture.Vision is not null ? config.ImagesPerPrompt : 0,
            ToolStrictLevel = config.ToolStrictLevel,
            Image = config.Image ?? placement.Size.Image,
            Tags = stack.Tags,
            AdminSshKeys = stack.AdminSshKeys,
            Clients = config.Clients.Count > 0 ? config.Clients : [new() { Name = DefaultClient }],
            CorsOrigins = config.CorsOrigins,
            Access = config.Access,
            Ports = PortAccess.Of(stack, config),
            LoadBalancer = LoadBalancer(),
            Replicas = config.Replicas,
            Rollout = config.Rollout,
            CacheVolumeGiB = config.CacheVolumeGiB,
            ReadyTimeoutSeconds = 60 * (config.ReadyTimeoutMinutes ?? slowest),
            RetrySeconds = RetrySeconds,
            DropletUsdPerHour = placement.UsdPerHour,
            Warnings = [.. placement.Warnings, .. EndpointWarnings.Of(stack, config, _path, placement, catalog, _install, hasToken)],
        };
    }

    private void CheckModel(ModelSpec model)
    {
        if (config.Vision == true && model.Architecture.Vision is null)
        {
            Wrong("vision", "true", $"is not possible: {model.Id} only reads text", "false");
        }
        if (config.Revision is null && model.Revision is null)
        {
            Wrong("revision", null, $"is missing: the catalog has no pinned commit of {model.Id}",
                $"\"$(git ls-remote https://huggingface.co/{model.Id} HEAD | cut -f1)\"");
        }
    }

    private void CheckImage(GpuSize size)
    {
        if (config.Image is not { } image)
        {
            return;
        }
        if (catalog.Images.TryGetValue(image, out var known))
        {
            if (catalog.GpuOf(size).Vendor is var vendor && known.Vendor != vendor)
            {
                _errors.Add(new(At("image"), image, $"has the driver for {Cards(known.Vendor)}, but {size.Slug} has {Cards(vendor)}; "
                    + $"without the setting it is {size.Image}", Unset("image")));
            }
        }
        // A number is a snapshot or another image of the account: the operator knows it.
        else if (s_withoutDriver.Any(name => image.StartsWith(name, StringComparison.Ordinal)))
        {
            _errors.Add(new(At("image"), image,
                $"is a plain system without a GPU driver; without the setting it is {size.Image}", Unset("image")));
        }
    }

    private void CheckVolume(ModelSpec model)
    {
        // Does not include the overhead of the file system or a second copy for another revision: only the weights must fit.
        var needed = (int)Math.Ceiling(model.WeightBytes * 1.05 / (1L << 30));
        if (config.CacheVolumeGiB < needed)
        {
            Wrong("cacheVolumeGiB", config.CacheVolumeGiB, $"is too small for the weights of {model.Id}, which need {needed} GiB",
                needed.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void CheckTools(Placement placement)
    {
        if (config.ToolStrictLevel is not { } level)
        {
            return;
        }
        var word = Word(level);
        if (!placement.Model.Flags.Any(flag => flag.Replace('_', '-').StartsWith("--tool-call-parser", StringComparison.Ordinal)))
        {
            _errors.Add(new(
                At("toolStrictLevel"), word,
                $"is not possible: the flags of {placement.Model.Id} have no tool call parser", Unset("toolStrictLevel")));
        }
        else if (placement.Engine.OptionalFlags?.Contains(VllmArguments.ToolStrictLevelFlag) != true)
        {
            var having = catalog.Engines.Values
                .Where(engine => engine.OptionalFlags?.Contains(VllmArguments.ToolStrictLevelFlag) == true)
                .Select(engine => engine.Version);
            _errors.Add(new(At("toolStrictLevel"), word,
                $"is not possible: vLLM {placement.Engine.Version} has no {VllmArguments.ToolStrictLevelFlag}; "
                + $"{string.Join(", ", having.Order())} has it",
                Unset("toolStrictLevel")));
        }
    }

    private ConfigFix Unset(string member) => ConfigFix.Remove(At(member));

    private Placement? Place(ModelSpec model, GpuSize? size)
    {
        if (size is not null)
        {
            return Engine(model, catalog.GpuOf(size).Vendor) is { } engine ? Place(model, engine) : null;
        }
        // The card is not selected yet. A release serves both vendors, or only NVIDIA; only AMD if nothing else is left.
        var before = _errors.Count;
        foreach (var vendor in new[] { GpuVendor.Nvidia, GpuVendor.Amd })
        {
            var start = _errors.Count;
            if (Engine(model, vendor) is { } engine && Place(model, engine) is { } placement)
            {
                _errors.RemoveRange(before, _errors.Count - before);
                return placement;
            }
            if (vendor != GpuVendor.Nvidia)
            {
                _errors.RemoveRange(start, _errors.Count - start); // the errors for the first vendor are the ones to fix
            }
        }
        return null;
    }

    private EngineRelease? Engine(ModelSpec model, GpuVendor vendor)
    {
        if (config.KvCacheDtype != KvCacheType.Auto && WhyNone(model, vendor, _install, config.KvCacheDtype) is { } problem
            && WhyNone(model, vendor, _install, KvCacheType.Auto) is null)
        {
            Wrong("kvCacheDtype", config.KvCacheDtype.ToString().ToLowerInvariant(), $"is rejected: {problem}", "auto");
            return null;
        }
        var other = _install == EngineInstall.Venv ? EngineInstall.Container : EngineInstall.Venv;
        if (WhyNone(model, vendor, _install, config.KvCacheDtype) is { } lacking
            && WhyNone(model, vendor, other, config.KvCacheDtype) is null)
        {
            _errors.Add(UserError.InStackConfig(
                EngineAt("install"), Word(_install), $"is rejected: {lacking}", Word(other)));
            return null;
        }
        if (_version is not { } version)
        {
            return Try(() => catalog.NewestEngineFor(model, vendor, _install, config.KvCacheDtype, EngineAt("version")));
        }
        var engine = Try(() => catalog.Engine(version, EngineAt("version")));
        if (engine is not null && catalog.WhyNot(engine, model, vendor, _install, config.KvCacheDtype) is { } reason)
        {
            _errors.Add(new(EngineAt("version"), version, $"is rejected: {reason}", ConfigFix.Remove(EngineAt("version"))));
            return null;
        }
        return engine;
    }

    private static string Word(Enum value) => CatalogWords.Of(value);

    /// <summary>Why no allowed release serves the model this way; null if one does.</summary>
    private string? WhyNone(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType type)
    {
        var reasons = catalog.Engines.Values
            .Where(engine => _version is not { } version || engine.Version == version)
            .Select(engine => catalog.WhyNot(engine, model, vendor, install, type))
            .ToList();
        return reasons.Contains(null) ? null : string.Join("; ", reasons);
    }

    private Placement? Place(ModelSpec model, EngineRelease engine)
    {
        var request = new PlacementRequest
        {
            Model = model,
            // The sizing uses the images of a release; here it gets only the allowed ones.
            Engine = engine with { Images = Servable(engine, model), Package = _install == EngineInstall.Venv ? engine.Package : null },
            ContextLength = config.ContextLength ?? (config.Size is null ? Math.Min(DefaultContextLength, model.MaxContext) : null),
            Concurrency = config.Concurrency ?? (config.Size is not null && config.ContextLength is null ? 1 : DefaultConcurrency),
            Size = config.Size,
            Region = stack.Region.Length == 0 || (config.Size is not null && stack.IgnoreAvailability) ? null : stack.Region,
            Availability = config.Availability.Count > 0 ? config.Availability : [Availability.OnDemand],
            Options = new EngineOptions
            {
                TensorParallel = config.TensorParallel,
                DataParallel = config.DataParallel,
                GpuMemoryUtilization = config.GpuMemoryUtilization,
                MaxNumBatchedTokens = config.MaxNumBatchedTokens,
                MaxNumSeqs = config.MaxNumSeqs,
                KvCache = config.KvCacheDtype,
                Vision = config.Vision ?? model.Architecture.Vision is not null,
            },
        };
        return Try(() => Placer.Place(request, catalog, _path)) is { } placement ? placement with { Engine = engine } : null;
    }

    private Dictionary<GpuVendor, EngineImage> Servable(EngineRelease engine, ModelSpec model) =>
        engine.Images
            .Where(image => _install == EngineInstall.Container
                && catalog.WhyNot(engine, model, image.Key, _install, config.KvCacheDtype) is null)
            .ToDictionary();

    private LoadBalancerPlan? LoadBalancer() => config.Access switch
    {
        Access.Internal => new(Domain: null),
        Access.Public when config.Domain is { } domain => new(new EndpointDomain(domain, config.DnsZone ?? EndpointDomain.ZoneOf(domain))),
        _ => null,
    };

    private static string Cards(GpuVendor vendor) => vendor == GpuVendor.Amd ? "AMD cards" : "NVIDIA cards";

    private string At(string member) => ConfigPath.Member(_path, member);

    /// <summary>Where a member of the engine is set: at the endpoint, else for the stack.</summary>
    private string EngineAt(string member) => ConfigPath.Member(
        (member == "install" ? config.Engine?.Install is not null : config.Engine?.Version is not null) ? At("engine") : "engine", member);

    private void Wrong(string member, object? value, string problem, string example) =>
        _errors.Add(UserError.InStackConfig(At(member), value, problem, example));

    private T? Try<T>(Func<T> lookup) where T : class
    {
        try
        {
            return lookup();
        }
        catch (ConfigurationException exception)
        {
            _errors.AddRange(exception.Errors.Where(error => !_errors.Contains(error)));
            return null;
        }
    }
}
