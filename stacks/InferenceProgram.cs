using System.Collections.Immutable;
using System.Globalization;
using Infra.Components;
using Infra.Node;
using Infra.Planning;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Pulumi;

namespace Infra.Stacks;

/// <summary>Optional dependencies of <see cref="InferenceProgram"/>.</summary>
public sealed record ProgramOptions
{
    /// <summary>
    /// Sizes that DigitalOcean offers now, to check the plan before the first resource. Default: no check; the plan uses the catalog.
    /// </summary>
    public Func<Task<IReadOnlyList<LiveSize>>>? LiveSizes { get; init; }

    /// <summary>
    /// Names of all tags in the account, which show the other stacks in it. Default: no check.
    /// </summary>
    public Func<Task<IReadOnlyList<string>>>? AccountTags { get; init; }

    /// <summary>
    /// Called for every resource before its registration, with its options: <c>args.Resource</c> and <c>args.Options.Parent</c>. A mocked
    /// deployment has no other way to know the parent of a resource. Return null to leave the resource unchanged.
    /// </summary>
    public ResourceTransformation? Watch { get; init; }

    /// <summary>
    /// Changes in each run, so that each run checks every node. Default: only after changes.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>
    /// Whether a run that creates resources refuses the placeholders of examples. Default: false, for labs and tests, which are no one's
    /// network.
    /// </summary>
    public bool RefusePlaceholders { get; init; }

    /// <summary>Hugging Face token. Default: the secret <c>huggingFaceToken</c> of the stack configuration, if it is set.</summary>
    public Output<string>? HuggingFaceToken { get; init; }
}

/// <summary>The program: configuration in, components, outputs out.</summary>
public static class InferenceProgram
{
    /// <summary>Environment variables with the configuration of a stack.</summary>
    private const string ConfigVariable = "PULUMI_CONFIG";
    private const string SecretKeysVariable = "PULUMI_CONFIG_SECRET_KEYS";

    /// <summary>The entry point of <c>pulumi up</c>: the configuration of the stack, and the current sizes of DigitalOcean.</summary>
    /// <exception cref="RunException">The configuration is invalid; nothing was declared.</exception>
    public static async Task<IDictionary<string, object?>> DefineAsync()
    {
        await PulumiVersion.RequireAsync().ConfigureAwait(false);
        return await UserErrors.ShownAsync(() => DeclareAsync(
            Read(
                StackConfiguration.Values(Environment.GetEnvironmentVariable(ConfigVariable)),
                StackConfiguration.Keys(Environment.GetEnvironmentVariable(SecretKeysVariable)),
                Environment.GetEnvironmentVariable("PULUMI_ROOT_DIRECTORY"),
                Deployment.Instance.StackName),
            new()
            {
                LiveSizes = AskDigitalOceanAsync,
                AccountTags = DigitalOceanAccount.TagsAsync,
                RefusePlaceholders = true,
                Run = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            })).ConfigureAwait(false);
    }

    /// <summary>The plan of a stack, checked against everything that is known before a deployment.</summary>
    /// <param name="config">Qualified keys and their values, as Pulumi passes them.</param>
    /// <param name="secretKeys">Keys that are stored encrypted: no message contains their values. Default: unknown.</param>
    /// <param name="projectDirectory">
    /// Base folder of a relative <c>catalog</c>: the folder of <c>Pulumi.yaml</c>. Default: the current one.
    /// </param>
    /// <param name="stack">Name of the stack, which is part of other names. Default: unknown, and checked by the deployment.</param>
    /// <exception cref="ConfigurationException">
    /// The configuration is invalid; every error has key, value, allowed values and a command.
    /// </exception>
    public static StackPlan Read(
        IReadOnlyDictionary<string, string> config, IReadOnlySet<string>? secretKeys = null, string? projectDirectory = null,
        string? stack = null) =>
        Checked(() => StackPlan.Read(config, secretKeys, projectDirectory, stack, UserDataSize.Check));

    /// <summary>Declares the resources for settings that were created in code.</summary>
    /// <exception cref="RunException">The catalog or the sizing reject the settings; nothing was declared.</exception>
    public static Task<IDictionary<string, object?>> DefineAsync(StackConfig settings, ProgramOptions? options = null) =>
        UserErrors.ShownAsync(() => DeclareAsync(Checked(() => UserDataSize.Check(StackPlan.Create(settings))), options));

    /// <summary>Declares the resources of a plan. The output names are in <see cref="StackOutputs"/>.</summary>
    /// <exception cref="RunException">DigitalOcean cannot provide them now, or a name is too long; nothing was declared.</exception>
    public static Task<IDictionary<string, object?>> DefineAsync(StackPlan plan, ProgramOptions? options = null) =>
        UserErrors.ShownAsync(() => DeclareAsync(plan, options));

    private static StackPlan Checked(Func<StackPlan> plan)
    {
        try
        {
            return plan();
        }
        catch (ConfigurationException exception)
        {
            throw ConfigurationException.InOrder([.. exception.Errors.Select(WithCommand)]);
        }
    }

    /// <summary>Planning knows options of <c>plan</c>, but not the command that has them.</summary>
    private static UserError WithCommand(UserError error) =>
        error.Fix.StartsWith("--", StringComparison.Ordinal) ? error with { Fix = $"./infra plan {error.Fix}" } : error;

    private static async Task<IDictionary<string, object?>> DeclareAsync(StackPlan plan, ProgramOptions? options)
    {
        options ??= new();
        var stack = Deployment.Instance.StackName;
        StackConfiguration.CheckNames(stack, plan);
        if (options.RefusePlaceholders && !Deployment.Instance.IsDryRun && plan.Placeholders is { Count: > 0 } placeholders)
        {
            throw new ConfigurationException(placeholders);
        }
        if (options.LiveSizes is { } ask)
        {
            plan = LiveSizes.Check(plan, await ask().ConfigureAwait(false));
        }
        var tags = options.AccountTags is { } askTags && SharedVolumeNames.ArePossible(stack, plan)
            ? await askTags().ConfigureAwait(false)
            : [];
        foreach (var warning in plan.Warnings.Concat(SharedVolumeNames.Check(stack, plan, tags)))
        {
            Log.Warn(warning);
        }
        foreach (var endpoint in plan.Endpoints)
        {
            foreach (var warning in endpoint.Warnings)
            {
                Log.Warn($"{endpoint.Name}: {warning}");
            }
        }

        var network = await PrivateNetwork.CreateAsync(Names.Network, new()
        {
            CloudName = Names.Cloud(stack),
            Region = plan.Config.Region,
            Tag = Names.StackTag(stack),
            IpRange = plan.Config.VpcCidr is { } range ? (Input<string>)range : null,
            AdminCidrs = plan.Ssh.Cidrs.ToArray(),
            OutboundTcpPorts = PortAccess.OutboundTcpPorts,
        }, Root(options)).ConfigureAwait(false);
        var operatorKey = new OperatorKey(Names.OperatorKey, new() { CloudName = Names.Cloud(stack) }, Root(options));
        var authority = new CertificateAuthority(Names.Authority, new() { CommonName = $"Inference stack {stack}" }, Root(options));
        var token = options.HuggingFaceToken ?? new Pulumi.Config(ConfigNames.Namespace).GetSecret(ConfigNames.HuggingFaceToken);
        var endpoints = plan.Endpoints.Select(endpoint => new ModelEndpoint(endpoint.Name, new()
        {
            Plan = endpoint,
            Stack = stack,
            Network = network,
            OperatorKey = operatorKey,
            Authority = authority,
            HuggingFaceToken = token,
            Run = options.Run,
        }, Root(options))).ToImmutableArray();
        return StackOutputs.Of(plan, endpoints, operatorKey, authority);
    }

    private static ComponentResourceOptions Root(ProgramOptions options)
    {
        var root = new ComponentResourceOptions();
        if (options.Watch is { } watch)
        {
            root.ResourceTransformations.Add(watch);
        }
        return root;
    }

    /// <summary>The sizes that DigitalOcean offers now, with prices and regions, from the provider.</summary>
    /// <exception cref="ConfigurationException">The call to DigitalOcean failed.</exception>
    public static Task<IReadOnlyList<LiveSize>> AskDigitalOceanAsync() => DigitalOceanAccount.SizesAsync();
}
