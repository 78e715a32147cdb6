using System.CommandLine;
using System.CommandLine.Parsing;
using Infra.Cli.CommandLine;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Hub;
using Infra.Planning.Sizing;

namespace Infra.Cli.Plan;

/// <summary><c>./infra plan</c>: which model fits which hardware, with what context, at what price.</summary>
internal static class PlanCommand
{
    private static readonly Option<string[]> Model = new("--model")
    {
        Description = "Repository ids, repeated or comma-separated, in detail. Default: all models of the catalog, as a matrix.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string[]> Size = new("--size")
    {
        Description = "Size slugs, likewise. Default: all that match --availability, as a matrix.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Region = new("--region") { Description = "Only sizes with a sighting in this region." };
    private static readonly Option<int?> Context = new("--context")
    {
        Description = "Tokens of prompt and answer together. Default: the longest that fits.",
    };
    private static readonly Option<int> Concurrency = new("--concurrency")
    {
        Description = "Concurrent requests of that length.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<Availability[]> Availabilities = new("--availability")
    {
        Description = $"Allowed availability of sizes: {InfraCommand.Words(typeof(Availability))}. Default: onDemand.",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<int?> TensorParallel = new("--tensor-parallel") { Description = "GPUs per copy of the weights." };
    private static readonly Option<int?> DataParallel = new("--data-parallel") { Description = "Engines per node." };
    private static readonly Option<double?> GpuMemoryUtilization = new("--gpu-memory-utilization")
    {
        Description = "Share of the card's memory that vLLM may use.",
    };
    private static readonly Option<int?> MaxNumBatchedTokens = new("--max-num-batched-tokens")
    {
        Description = "Tokens of one engine step.",
    };
    private static readonly Option<int?> MaxNumSeqs = new("--max-num-seqs") { Description = "Requests in one engine step." };
    private static readonly Option<KvCacheType> KvCache = new("--kv-cache-dtype")
    {
        Description = $"Element type of the KV cache: {InfraCommand.Words(typeof(KvCacheType))}.",
        HelpName = "kv-cache-dtype",
    };
    private static readonly Option<bool> NoVision = new("--no-vision") { Description = "Do not load the vision tower." };
    private static readonly Option<bool> EnforceEager = new("--enforce-eager") { Description = "Without CUDA graphs." };
    private static readonly Option<string?> Engine = new("--engine") { Description = "vLLM release of the catalog. Default: the newest." };
    private static readonly Option<string?> CatalogFile = new("--catalog")
    {
        Description = "Catalog file with your own models and sizes (docs/catalog.md).",
        HelpName = "FILE",
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    /// <summary>Once: the options belong to all commands of the process.</summary>
    static PlanCommand()
    {
        Model.CompletionSources.Add(static _ => ModelCatalog.Load().Models.Keys);
        Size.CompletionSources.Add(static _ => ModelCatalog.Load().Sizes.Keys);
        Availabilities.CompletionSources.Add(static _ => InfraCommand.Words(typeof(Availability)).Split(", "));
    }

    /// <param name="terminal">Where to print.</param>
    /// <param name="http">Client for the hub, without redirects and without a timeout. Default: one of the command.</param>
    public static Command Create(Terminal terminal, HttpClient? http = null)
    {
        var command = new Command("plan", "Show which model fits which hardware: longest context, concurrent requests, USD per hour.")
        {
            Model, Size, Region, Context, Concurrency, Availabilities, TensorParallel, DataParallel,
            GpuMemoryUtilization, MaxNumBatchedTokens, MaxNumSeqs, KvCache, NoVision, EnforceEager, Engine, CatalogFile,
            PlanFromHub.Repository, PlanFromHub.Hub, PlanObserved.File, Json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var fits = true;
            var typed = new PlanCommandLine([.. parsed.Tokens.Skip(1).Select(token => token.Value)]);
            var status = await Failure.GuardAsync(terminal, parsed.GetValue(Json), async () =>
            {
                try
                {
                    fits = await WriteAsync(terminal, parsed, typed, http);
                }
                catch (ConfigurationException errors)
                {
                    throw new ConfigurationException(errors.Errors.Select(typed.Complete));
                }
            }, cancel);
            return status == ExitCode.Fine && !fits ? ExitCode.UserError : status;
        });
        return command;
    }

    /// <returns>False if something was asked for by name, and nothing of it fits.</returns>
    private static async Task<bool> WriteAsync(Terminal terminal, ParseResult parsed, PlanCommandLine typed, HttpClient? http)
    {
        var json = parsed.GetValue(Json);
        if (parsed.GetValue(PlanFromHub.Repository) is not null)
        {
            Alone(parsed, HubAddress.Option, [PlanFromHub.Repository, PlanFromHub.Hub, Json]);
            await PlanFromHub.WriteAsync(terminal, parsed, json, http);
            return true;
        }

        if (parsed.GetValue(PlanFromHub.Hub) is { } hub)
        {
            throw new ConfigurationException(new UserError(PlanFromHub.Hub.Name, hub, $"is only for {HubAddress.Option}",
                $"{HubAddress.Option} mistralai/Ministral-3-8B-Instruct-2512"));
        }

        var query = Query(parsed);
        if (parsed.GetValue(PlanObserved.File) is { } log)
        {
            PlanObserved.Write(terminal, query, log, json);
            return true;
        }

        var fits = PlanTable.Of(query);
        var named = query.Models.Count > 0 || query.Sizes.Count > 0;
        if (json)
        {
            terminal.WriteJson([.. fits.Select(PlanRow.Of)], PlanJson.Default.IReadOnlyListPlanRow);
        }
        else if (named)
        {
            PlanView.Write(terminal.Console, fits);
        }
        else
        {
            PlanMatrixView.Write(terminal, PlanMatrix.Of(fits), typed);
        }

        return !named || fits.Any(fit => fit.Fits);
    }

    /// <summary>An option that answers another question than the rest of the command.</summary>
    private static void Alone(ParseResult parsed, string option, IReadOnlyList<Option> together)
    {
        var others = parsed.CommandResult.Children.OfType<OptionResult>().Where(result => !result.Implicit)
            .Select(result => result.Option).Except(together).Select(other => other.Name).ToList();
        if (others.Count > 0)
        {
            throw new ConfigurationException(new UserError(others[0], null, $"has no effect on {option}: the row does not depend on it",
                $"./infra plan {option} OWNER/NAME, and then {others[0]} with the row"));
        }
    }

    private static PlanQuery Query(ParseResult parsed) => new()
    {
        Catalog = ModelCatalog.Load(parsed.GetValue(CatalogFile), "--catalog"),
        Models = Words(parsed.GetValue(Model)),
        Sizes = Words(parsed.GetValue(Size)),
        Region = parsed.GetValue(Region),
        ContextLength = parsed.GetValue(Context),
        Concurrency = parsed.GetValue(Concurrency),
        Availability = parsed.GetValue(Availabilities) is { Length: > 0 } ways ? ways : [Availability.OnDemand],
        Engine = parsed.GetValue(Engine),
        Options = new EngineOptions
        {
            TensorParallel = parsed.GetValue(TensorParallel),
            DataParallel = parsed.GetValue(DataParallel),
            GpuMemoryUtilization = parsed.GetValue(GpuMemoryUtilization),
            MaxNumBatchedTokens = parsed.GetValue(MaxNumBatchedTokens),
            MaxNumSeqs = parsed.GetValue(MaxNumSeqs),
            KvCache = parsed.GetValue(KvCache),
            Vision = !parsed.GetValue(NoVision),
            EnforceEager = parsed.GetValue(EnforceEager),
        },
    };

    private static string[] Words(string[]? values) =>
        [.. (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
