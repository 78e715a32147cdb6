using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>
/// Facts about models, cards, sizes, engines and images: embedded rows, and rows of the operator's file. Immutable. Lookups never guess: an
/// unknown name is a <see cref="ConfigurationException"/> with the nearest and all known names.
/// </summary>
public sealed partial class ModelCatalog
{
    private static readonly Lazy<ModelCatalog> BuiltIn = new(() => new(CatalogReader.ReadBuiltIn(strictly: false)));

    private readonly Dictionary<(string List, string Id), JsonElement> _json;

    private ModelCatalog(CatalogReader rows)
    {
        _json = rows.Json;
        Models = rows.Models.AsReadOnly();
        Gpus = rows.Gpus.AsReadOnly();
        Sizes = rows.Sizes.AsReadOnly();
        Engines = rows.Engines.AsReadOnly();
        Images = rows.Images.AsReadOnly();
        SecurityFloor = rows.SecurityFloor ?? throw new InvalidDataException("engines.json has no securityFloor.");
    }

    /// <summary>Models by repository id.</summary>
    public IReadOnlyDictionary<string, ModelSpec> Models { get; }

    /// <summary>Cards by name.</summary>
    public IReadOnlyDictionary<string, Gpu> Gpus { get; }

    /// <summary>Sizes by slug.</summary>
    public IReadOnlyDictionary<string, GpuSize> Sizes { get; }

    /// <summary>vLLM releases by version.</summary>
    public IReadOnlyDictionary<string, EngineRelease> Engines { get; }

    /// <summary>Base images by slug.</summary>
    public IReadOnlyDictionary<string, BaseImage> Images { get; }

    /// <summary>The oldest release that may be used.</summary>
    public SecurityFloor SecurityFloor { get; }

    /// <summary>The embedded rows, read once per process, plus those of a file.</summary>
    /// <param name="userFile">Path of a JSON file as in docs/catalog.md; null: none.</param>
    /// <param name="key">Setting or flag with the path, for the error if the file does not exist.</param>
    /// <exception cref="ConfigurationException">The file is unreadable or has errors; the message lists all.</exception>
    public static ModelCatalog Load(string? userFile = null, string key = "catalog") =>
        userFile is null ? BuiltIn.Value : BuiltIn.Value.Add(userFile, key);

    /// <summary>
    /// This catalog plus the rows of a file. An existing row is an error unless the new one has <c>"replaces": true</c>.
    /// </summary>
    /// <exception cref="ConfigurationException">The file is unreadable or has errors; the message lists all.</exception>
    public ModelCatalog Add(string userFile, string key = "catalog")
    {
        ArgumentNullException.ThrowIfNull(userFile);
        byte[] content;
        try
        {
            content = UserFile.Read(userFile);
            if (content.Length == 0)
            {
                throw new InvalidDataException("it is empty");
            }
        }
        catch (Exception problem) when (problem
            is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException(
                UserError.InStackConfig(key, ShownValue.Mask(userFile), $"cannot be read: {Unreadable(userFile, problem)}",
                    "docs/catalog.example.json"));
        }

        return Add(content, userFile);
    }

    private static string Unreadable(string file, Exception problem) => problem switch
    {
        _ when Directory.Exists(file) => "it is a folder",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        _ => problem.Message,
    };

    /// <summary>As <see cref="Add(string, string)"/>, for content in memory.</summary>
    internal ModelCatalog Add(ReadOnlyMemory<byte> utf8, string name)
    {
        var reader = new CatalogReader
        {
            Gpus = new(Gpus, StringComparer.Ordinal),
            Images = new(Images, StringComparer.Ordinal),
            Sizes = new(Sizes, StringComparer.Ordinal),
            Models = new(Models, StringComparer.Ordinal),
            Engines = new(Engines, StringComparer.Ordinal),
            Json = new(_json),
            SecurityFloor = SecurityFloor,
        };
        reader.ReadOwn(utf8, name);
        return reader.Errors.Count == 0 ? new(reader)
            : throw new ConfigurationException(reader.Errors.Select(error => error.ToUserError()));
    }

    /// <summary>
    /// The model with this repository id. The suggestion for an unknown id prefers the Instruct variant, which is the one for serving.
    /// </summary>
    /// <param name="id">As in the catalog.</param>
    /// <param name="key">Setting for the error: <c>endpoints.chat.model</c>.</param>
    public ModelSpec Model(string id, string key) => Models.TryGetValue(id, out var known)
        ? known
        : Find(Models, id, key,
            id.Contains('/', StringComparison.Ordinal) && NearMiss.Of(RepositoryId(id), Models.Keys).Count == 0
                ? "a model of the catalog, and docs/catalog.md has how to add one" : "a model of the catalog",
            prefer: name => Models[name].Use == ModelUse.Instruct, meant: RepositoryId(id));

    /// <summary>
    /// The repository in the address of a page of a hub, or the name of a model and its size without <c>latest</c>; any other text as it
    /// is: <c>mistral-small</c> alone could be the most expensive of them.
    /// </summary>
    private static string RepositoryId(string text) => HubPage().Match(text) is { Success: true } page ? page.Groups["id"].Value
        : Latest().Match(text) is { Success: true } latest ? latest.Groups["model"].Value : text;

    [GeneratedRegex("^(?<model>.*[0-9]b)[:@-]latest$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Latest();

    [GeneratedRegex(@"^(https?://)?(www\.)?(huggingface\.co|hf\.co)/(?<id>[^/\s]+/[^/\s?#@]+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex HubPage();

    /// <summary>The size with this slug.</summary>
    public GpuSize Size(string slug, string key) => Find(Sizes, slug, key, "a size of the catalog");

    /// <summary>The release with this version.</summary>
    public EngineRelease Engine(string version, string key) => Find(Engines, version, key,
        $"a vLLM release of the catalog (none below {SecurityFloor.Version} is allowed: {SecurityFloor.Reason})",
        Engines.Keys.MaxBy(Version.Parse));

    /// <summary>The card of a size.</summary>
    public Gpu GpuOf(GpuSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return Gpus[size.Gpu];
    }

    /// <summary>The newest release that can serve the model.</summary>
    /// <exception cref="ConfigurationException">There is none; the message has the reason for each release.</exception>
    public EngineRelease NewestEngineFor(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv,
        string key = "engine.version")
    {
        ArgumentNullException.ThrowIfNull(model);
        var newestFirst = Engines.Values.OrderByDescending(engine => Version.Parse(engine.Version)).ToArray();
        return newestFirst.FirstOrDefault(engine => WhyNot(engine, model, vendor, install, kv) is null)
            ?? throw new ConfigurationException(new UserError(key, null,
                $"cannot be selected: no release serves {model.Id}. "
                + string.Join("; ", newestFirst.Select(engine => WhyNot(engine, model, vendor, install, kv))),
                "add a release that serves it to a catalog file of your own; docs/catalog.md has the format"));
    }

    /// <summary>Why a release cannot serve a model, as a sentence without the final period; null: it can.</summary>
    public string? WhyNot(EngineRelease engine, ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv) =>
        EngineChoice.WhyNot(engine, model, vendor, install, kv, SecurityFloor);

    private static T Find<T>(
        IReadOnlyDictionary<string, T> rows,
        string name,
        string key,
        string what,
        string? instead = null,
        Func<string, bool>? prefer = null,
        string? meant = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (rows.TryGetValue(name, out var row))
        {
            return row;
        }

        var problem = $"is not {what}; {NearMiss.Sentence(meant ?? name, rows.Keys, prefer)}";
        instead ??= NearMiss.Of(meant ?? name, rows.Keys, prefer) is [var nearest, ..] ? nearest : null;
        var shown = ShownValue.Mask(name);
        if (instead is null && key.StartsWith("--", StringComparison.Ordinal))
        {
            instead = rows.Keys.Contains(ConfigExamples.At(key)) ? ConfigExamples.At(key) : rows.Keys.First();
        }

        throw new ConfigurationException(instead is null
            ? new(key, shown, problem, ConfigExamples.Fix(key))
            : UserError.InStackConfig(key, shown, problem, ShellWord.Of(instead)));
    }
}
