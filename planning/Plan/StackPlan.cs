using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>The complete plan of a stack before the first resource: every endpoint with hardware, price and open ports. Pure.</summary>
public sealed record StackPlan
{
    /// <summary>
    /// A stack that costs more needs <c>maxHourlyUsd</c>. No single GPU costs this much; over a month it is 7,440 USD: either a deliberate
    /// decision or a mistyped number.
    /// </summary>
    public const decimal MostUsdPerHourWithoutCap = 10;

    /// <summary>Most endpoints in a message of a price: the rest would fill the screen.</summary>
    private const int MostPartsOfPrice = 8;

    public required StackConfig Config { get; init; }

    /// <summary>The catalog of the plan, including the operator's rows.</summary>
    public required ModelCatalog Catalog { get; init; }

    /// <summary>Sorted by name.</summary>
    public required IReadOnlyList<EndpointPlan> Endpoints { get; init; }

    /// <summary>Source of the Droplet prices.</summary>
    public required string PriceSource { get; init; }

    /// <summary>Warnings about the stack, in addition to those of its endpoints.</summary>
    public IReadOnlyList<string> Warnings => [.. StackWarnings.Of(Config, Catalog)];

    /// <summary>
    /// Settings that still have the value of an example, which no real stack can have: <c>pulumi up</c> refuses them, a preview and the lab
    /// do not.
    /// </summary>
    public IReadOnlyList<UserError> Placeholders => [.. Plan.Placeholders.Of(Config)];

    /// <summary>Who may open SSH on the nodes.</summary>
    public Callers Ssh => PortAccess.SshOf(Config);

    /// <summary>Paths of values that are stored encrypted and could not be read: the plan has defaults or substitutes for them.</summary>
    public IReadOnlyList<string> Encrypted => Config.Encrypted;

    /// <summary>Total price in USD per hour; null if a part is unknown, as for a contract size.</summary>
    public decimal? UsdPerHour => Endpoints.Aggregate((decimal?)0, (sum, endpoint) => sum + endpoint.UsdPerHour);

    /// <summary>The same for a full month of 31 days.</summary>
    public decimal? UsdPerMonth => Endpoints.Aggregate((decimal?)0, (sum, endpoint) => sum + endpoint.UsdPerMonth);

    /// <summary>Reads the configuration of a stack and plans it. All errors are in one exception.</summary>
    /// <param name="config">As for
    /// <see cref="StackConfig.Parse(IReadOnlyDictionary{string, string}, IReadOnlySet{string})"/>.</param>
    /// <param name="secretKeys">Keys that are stored encrypted: no message contains their values. Default: unknown.</param>
    /// <param name="projectDirectory">
    /// Base folder of a relative <c>catalog</c>: the folder of <c>Pulumi.yaml</c>. Default: the current one.
    /// </param>
    /// <param name="stack">Name of the stack, which is part of other names. Default: unknown.</param>
    /// <param name="check">Checks of later layers: returns the plan, or throws user errors. Default: none.</param>
    /// <exception cref="ConfigurationException">
    /// The configuration is invalid; every error has key, value, allowed values and a command.
    /// </exception>
    public static StackPlan Read(IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys = null,
        string? projectDirectory = null, string? stack = null, Func<StackPlan, StackPlan>? check = null)
    {
        check ??= plan => plan;
        try
        {
            return check(ReadOnce(config, secretKeys, projectDirectory, stack));
        }
        catch (ConfigurationException exception)
        {
            var errors = FixReview.Of(exception.Errors, config,
                changed => check(ReadOnce(changed, secretKeys, projectDirectory, stack)));
            throw ConfigurationException.InOrder([.. new Concealment(config, secretKeys).Of(errors)]);
        }
    }

    private static StackPlan ReadOnce(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys, string? projectDirectory, string? stack)
    {
        var errors = new List<UserError>();
        var stackConfig = StackConfig.Parse(config, secretKeys, errors);
        errors.AddRange(stack is null ? [] : StackName.Errors(stack, stackConfig));
        var catalog = LoadCatalog(stackConfig, projectDirectory, errors);
        var hasToken = config.GetValueOrDefault($"{ConfigNames.Namespace}:{ConfigNames.HuggingFaceToken}") is { Length: > 0 };
        return Decide(stackConfig, catalog, errors, hasToken);
    }

    /// <summary>Plans a stack from parsed settings.</summary>
    /// <param name="stackConfig">Settings without errors of form.</param>
    /// <param name="catalog">Models and sizes. Default: the built-in ones, and those of <see cref="StackConfig.Catalog"/>.</param>
    /// <exception cref="ConfigurationException">The catalog or the sizing reject the settings.</exception>
    public static StackPlan Create(StackConfig stackConfig, ModelCatalog? catalog = null)
    {
        var errors = new List<UserError>();
        return Decide(stackConfig, catalog ?? LoadCatalog(stackConfig, null, errors), errors, hasToken: false);
    }

    private static ModelCatalog LoadCatalog(StackConfig stackConfig, string? projectDirectory, List<UserError> errors)
    {
        if (stackConfig.Catalog is not { } file)
        {
            return ModelCatalog.Load();
        }
        try
        {
            return ModelCatalog.Load(Path.Combine(projectDirectory ?? "", file));
        }
        catch (ConfigurationException exception)
        {
            errors.AddRange(exception.Errors);
            return ModelCatalog.Load(); // to find the other errors, too
        }
    }

    private static StackPlan Decide(StackConfig stackConfig, ModelCatalog catalog, List<UserError> errors, bool hasToken)
    {
        CheckRegion(stackConfig, catalog, errors);
        // An error of form needs no second message for its consequences, nor does a size in an invalid region.
        var reported = errors.Select(error => error.Key).ToHashSet(StringComparer.Ordinal);
        var stack = reported.Contains("region") ? stackConfig with { Region = "" } : stackConfig;
        var endpoints = new List<EndpointPlan>();
        var reviewed = errors.Where(error => error.Commands is not null).Select(error => error.Key).ToList();
        foreach (var (name, endpoint) in stack.Endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            // An unreadable value has its default here, which proves nothing. FixReview finds the errors that remain after its fix.
            if (reviewed.Exists(key => ConfigPath.Parse(key) is ["endpoints", string other, ..] && other == name))
            {
                continue;
            }
            var against = new List<UserError>();
            if (new EndpointPlanner(stack, catalog, name, endpoint, hasToken).Plan(against) is { } plan)
            {
                endpoints.Add(plan);
            }
            errors.AddRange(against.Where(error => !reported.Contains(error.Key)));
        }
        if (errors.Count == 0)
        {
            CheckPrice(stackConfig, endpoints, errors);
        }
        // two endpoints may have the same error
        return errors.Count > 0 ? throw new ConfigurationException(errors.Distinct()) : new StackPlan
        {
            Config = stackConfig,
            Catalog = catalog,
            Endpoints = endpoints,
            PriceSource = $"catalog of {endpoints.Select(endpoint => endpoint.Placement.Size.SourceDate).Min()}",
        };
    }

    private static void CheckRegion(StackConfig stackConfig, ModelCatalog catalog, List<UserError> errors)
    {
        if (stackConfig.Region.Length > 0 && !stackConfig.IgnoreAvailability && !errors.Any(error => error.Key == "region")
            && RegionCheck.Of("region", stackConfig.Region, catalog,
                ". If DigitalOcean added it recently, set ignoreAvailability to true and set a size") is { } error)
        {
            errors.Add(error);
        }
    }

    internal static void CheckPrice(StackConfig stackConfig, IReadOnlyList<EndpointPlan> endpoints, List<UserError> errors)
    {
        if (stackConfig.MaxHourlyUsd is not { } highest)
        {
            AskForCap(endpoints, errors);
            return;
        }
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.UsdPerHour is null))
        {
            errors.Add(new("maxHourlyUsd", highest,
                $"cannot be checked: the price of {endpoint.Placement.Size.Slug}, for endpoint {endpoint.Name}, is not public",
                ConfigFix.Remove("maxHourlyUsd")));
        }
        if (endpoints.Sum(endpoint => endpoint.UsdPerHour) is { } sum && sum > highest)
        {
            errors.Add(new("maxHourlyUsd", highest, string.Create(CultureInfo.InvariantCulture,
                $"is less than the {sum:0.00} USD per hour that the stack costs: {Parts(endpoints)}"), CapOf(sum)));
        }
    }

    private static void AskForCap(IReadOnlyList<EndpointPlan> endpoints, List<UserError> errors)
    {
        if (endpoints.Sum(endpoint => endpoint.UsdPerHour) is { } sum && sum > MostUsdPerHourWithoutCap)
        {
            errors.Add(new("maxHourlyUsd", null, string.Create(CultureInfo.InvariantCulture,
                $"is missing: the stack costs {sum:0.00} USD per hour, {Parts(endpoints)}; above {MostUsdPerHourWithoutCap} USD per hour ")
                + "the config must have a limit, so that a mistyped number cannot cost thousands", CapOf(sum)));
        }
    }

    private static ConfigFix CapOf(decimal usdPerHour) =>
        ConfigFix.Set("maxHourlyUsd", (Math.Ceiling(usdPerHour * 100) / 100).ToString(CultureInfo.InvariantCulture));

    private static string Parts(IReadOnlyList<EndpointPlan> endpoints) =>
        string.Join(" + ", endpoints.Take(MostPartsOfPrice).Select(endpoint => string.Create(CultureInfo.InvariantCulture,
            $"{endpoint.Name} {endpoint.UsdPerHour:0.00} ({endpoint.Replicas} x "
                + $"{endpoint.Placement.Size.Slug}{(endpoint.LoadBalancer is null ? "" : " and a load balancer")})")))
        + (endpoints.Count > MostPartsOfPrice ? $" + {endpoints.Count - MostPartsOfPrice} more" : "");
}
