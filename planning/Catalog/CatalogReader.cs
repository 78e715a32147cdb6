using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Catalog;

/// <summary>The rows that were read so far, and all errors.</summary>
internal sealed class CatalogReader
{
    private const string EmbeddedPrefix = "catalog/";

    private static readonly string[] BuiltInFiles = ["gpus.json", "images.json", "gpu-sizes.json", "models.json", "engines.json"];

    private readonly List<FileError> _errors = [];

    public Dictionary<string, Gpu> Gpus { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, BaseImage> Images { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, GpuSize> Sizes { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, ModelSpec> Models { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, EngineRelease> Engines { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Completed rows by list and id, for <c>basedOn</c>.</summary>
    public Dictionary<(string List, string Id), JsonElement> Json { get; init; } = [];

    public SecurityFloor? SecurityFloor { get; set; }

    public IReadOnlyList<FileError> Errors => _errors;

    /// <summary>Reads the five embedded files. An error in them is an internal error, so it is an ordinary exception.</summary>
    /// <param name="strictly">
    /// Checks every row against its record and the rules. The tests do that; a preview need not repeat it, which would cost a tenth of a
    /// second for compiling the checks.
    /// </param>
    public static CatalogReader ReadBuiltIn(bool strictly)
    {
        var reader = new CatalogReader();
        foreach (var file in BuiltInFiles)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(EmbeddedPrefix + file)
                ?? throw new InvalidDataException($"The assembly has no resource {EmbeddedPrefix}{file}.");
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            reader.Read(buffer.ToArray(), new(file, OwnRows: false, strictly, reader._errors));
        }

        return reader._errors.Count == 0 ? reader
            : throw new InvalidDataException($"The built-in catalog is wrong:\n{string.Join("\n", reader._errors)}");
    }

    /// <summary>Adds the rows of the operator's file, which may use defaults, <c>basedOn</c> and <c>replaces</c>.</summary>
    /// <param name="utf8">Its content.</param>
    /// <param name="file">Name of the file in errors.</param>
    public void ReadOwn(ReadOnlyMemory<byte> utf8, string file) => Read(utf8, new(file, OwnRows: true, Strict: true, _errors));

    private void Read(ReadOnlyMemory<byte> utf8, SourceFile source)
    {
        using var document = Parse(utf8, source.Name);
        if (document is null)
        {
            return;
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            source.Error("",
                new("", null, """must be an object: { "models": [...], "gpus": [...], "sizes": [...], "engines": [...] }"""));
            return;
        }

        var lists = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            ReadTopMember(member, lists, source);
        }

        // Sizes reference cards and images, engines reference families: in this order all references exist.
        ReadRows(lists, source, Gpus, new("gpus", "name")
        {
            Complete = RowDefaults.Gpu,
            Rules = CatalogRules.Gpu,
        });
        ReadRows(lists, source, Images, new("images", "slug") { Complete = RowDefaults.Image });
        ReadRows(lists, source, Sizes, new("sizes", "slug")
        {
            Complete = row => RowDefaults.Size(row, Gpus.GetValueOrDefault),
            Rules = size => CatalogRules.Size(size, Gpus, Images),
        });
        ReadRows(lists, source, Models, new("models", "id")
        {
            Complete = row => RowDefaults.Model(row, SecurityFloor!.Version),
            Inherit = RowInheritance.MergeModel,
            Rules = CatalogRules.Model,
        });
        ReadRows(lists, source, Engines, new("engines", "version")
        {
            Complete = RowDefaults.Engine,
            Rules = engine => CatalogRules.Engine(engine, Models.Values.Select(model => model.Family)),
        });
    }

    private JsonDocument? Parse(ReadOnlyMemory<byte> utf8, string file)
    {
        // A byte order mark, as some editors write it.
        var content = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException problem)
        {
            _errors.Add(new(file, $"line {problem.LineNumber + 1}", new("", null, $"is not JSON: {JsonReason.Of(problem)}")));
            return null;
        }
    }

    private void ReadTopMember(JsonProperty member, Dictionary<string, JsonElement> lists, SourceFile source)
    {
        string[] known = ["models", "gpus", "sizes", "engines", "images"];
        if (member.Name == "$schema" && source.OwnRows)
        {
            return;
        }

        if (member.Name == "securityFloor" && !source.OwnRows)
        {
            var problems = source.Strict ? StrictRow.Errors(member.Value, typeof(SecurityFloor)) : [];
            foreach (var problem in problems)
            {
                source.Error("securityFloor", problem);
            }

            SecurityFloor = problems.Count == 0 ? RecordBuilder.Build<SecurityFloor>(member.Value) : null;
        }
        else if (!known.Contains(member.Name))
        {
            source.Error("",
                RowError.At(member.Name, member.Value, $"is not a list of a catalog; {NearMiss.Sentence(member.Name, known)}"));
        }
        else if (member.Value.ValueKind != JsonValueKind.Array)
        {
            source.Error("", RowError.At(member.Name, member.Value, "must be a list in [ ]"));
        }
        else if (!lists.TryAdd(member.Name, member.Value))
        {
            source.Error("", new(member.Name, null, "is a duplicate"));
        }
    }

    private void ReadRows<T>(Dictionary<string, JsonElement> lists, SourceFile source, Dictionary<string, T> rows, RowKind<T> kind)
        where T : class
    {
        if (!lists.TryGetValue(kind.List, out var list))
        {
            return;
        }

        var added = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, element) in list.EnumerateArray().Index())
        {
            var id = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(kind.IdMember, out var name)
                && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
            var label = id is null ? $"{kind.List}[{index}]" : $"{kind.List}[{index}] ({id})";
            if (RowOf(element, label, source, rows, kind) is not { } row)
            {
                continue;
            }

            if (id is null)
            {
                // Its parent's id is not its own.
                source.Error(label, new(kind.IdMember, null, "is missing; it must be a text in quotes, of this row only"));
                continue;
            }

            var (value, json, replaces) = row;
            var existing = rows.Keys.FirstOrDefault(key => string.Equals(key, id, StringComparison.OrdinalIgnoreCase));
            if (!added.Add(id!))
            {
                source.Error(label, new(kind.IdMember, id, "is a duplicate in this file"));
            }
            else if (replaces && existing is null)
            {
                source.Error(label, new("replaces", "true", "replaces nothing: no such row exists; remove it"));
            }
            else if (!replaces && existing is not null)
            {
                source.Error(label, new(kind.IdMember, id, $"exists already{(existing == id ? "" : $" as {existing}")}; "
                    + (source.OwnRows ? "choose another, or add \"replaces\": true to override it" : "choose another")));
            }
            else
            {
                rows.Remove(existing ?? "");
                rows[id!] = value;
                Json[(kind.List, id!)] = json.Clone();
            }
        }
    }

    private (T Value, JsonElement Json, bool Replaces)? RowOf<T>(
        JsonElement element, string label, SourceFile source, Dictionary<string, T> rows, RowKind<T> kind)
        where T : class
    {
        var replaces = false;
        if (source.OwnRows && element.ValueKind == JsonValueKind.Object)
        {
            if (Complete(element, label, source, rows, kind) is not { } completed)
            {
                return null;
            }

            (element, replaces) = completed;
        }

        if (!source.Strict)
        {
            return (RecordBuilder.Build<T>(element), element, replaces);
        }

        var problems = StrictRow.Errors(element, typeof(T));
        var value = problems.Count == 0 ? RecordBuilder.Build<T>(element) : null;
        foreach (var problem in value is null ? problems : kind.Rules(value))
        {
            source.Error(label, problem);
            value = null;
        }

        return value is null ? null : (value, element, replaces);
    }

    /// <summary>The row with inherited values and defaults, without <c>basedOn</c> and <c>replaces</c>; null after an error.</summary>
    private (JsonElement Row, bool Replaces)? Complete<T>(
        JsonElement element, string label, SourceFile source, Dictionary<string, T> rows, RowKind<T> kind)
        where T : class
    {
        if (JsonTree.Duplicates(element).FirstOrDefault() is { } twice)
        {
            source.Error(label, new(twice, null, "is a duplicate"));
            return null;
        }

        var row = JsonObject.Create(element)!;
        var errors = source.Count;
        var replaces = JsonTree.Take(row, "replaces") switch
        {
            null => false,
            { ValueKind: JsonValueKind.True or JsonValueKind.False } flag => flag.GetBoolean(),
            { } other => source.Error(label, RowError.At("replaces", other, "must be true or false, without quotes")),
        };
        if (JsonTree.Take(row, "basedOn") is { } basedOn)
        {
            if (basedOn.ValueKind == JsonValueKind.String && Json.TryGetValue((kind.List, basedOn.GetString()!), out var parent))
            {
                row = kind.Inherit(row, JsonObject.Create(parent)!);
            }
            else
            {
                source.Error(label, RowError.At("basedOn", basedOn,
                    $"must be the {kind.IdMember} of a known row, or of an earlier row in this file; "
                        + $"{NearMiss.Sentence(basedOn.ToString(), rows.Keys)}"));
            }
        }

        if (source.Count > errors)
        {
            return null;
        }

        kind.Complete(row);
        RowDefaults.Provenance(row, source.Name);
        return (JsonTree.Element(row), replaces);
    }

    /// <summary>One list of a catalog file.</summary>
    private sealed record RowKind<T>(string List, string IdMember)
    {
        public Action<JsonObject> Complete { get; init; } = _ => { };

        public Func<JsonObject, JsonObject, JsonObject> Inherit { get; init; } = RowInheritance.Merge;

        public Func<T, IEnumerable<RowError>> Rules { get; init; } = _ => [];
    }

    /// <summary>The file that is being read.</summary>
    private sealed record SourceFile(string Name, bool OwnRows, bool Strict, List<FileError> Errors)
    {
        public int Count => Errors.Count;

        /// <summary>Records an error; returns false, for use in an expression.</summary>
        public bool Error(string row, RowError problem)
        {
            Errors.Add(new(Name, row, problem));
            return false;
        }
    }
}
