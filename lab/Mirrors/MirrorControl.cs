using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Files;
using Infra.Lab.State;

namespace Infra.Lab.Mirrors;

/// <summary>Bandwidth and faults of all mirrors: the file through which a running server is told.</summary>
internal sealed record MirrorControl
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public MirrorFaults Hub { get; init; } = MirrorFaults.None;

    public MirrorFaults Registry { get; init; } = MirrorFaults.None;

    public MirrorFaults Python { get; init; } = MirrorFaults.None;

    public MirrorFaults Apt { get; init; } = MirrorFaults.None;

    /// <summary>Those of one mirror.</summary>
    public MirrorFaults this[MirrorKind mirror] => mirror switch
    {
        MirrorKind.Hub => Hub,
        MirrorKind.Registry => Registry,
        MirrorKind.Python => Python,
        MirrorKind.Apt => Apt,
        _ => MirrorFaults.None,
    };

    /// <summary>A copy in which one mirror has others.</summary>
    public MirrorControl With(MirrorKind mirror, MirrorFaults faults) => mirror switch
    {
        MirrorKind.Hub => this with { Hub = faults },
        MirrorKind.Registry => this with { Registry = faults },
        MirrorKind.Python => this with { Python = faults },
        MirrorKind.Apt => this with { Apt = faults },
        _ => throw new ArgumentException($"{mirror} has no faults.", nameof(mirror)),
    };

    /// <summary>Reads the file; one that does not exist asks for nothing.</summary>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    /// <exception cref="StateFileException">It is no file, or too large.</exception>
    public static MirrorControl Load(string path) => StateFile.ReadText(path) is { } text ? Parse(text) : new();

    /// <exception cref="InvalidDataException">The text is not a control file.</exception>
    public static MirrorControl Parse(string json)
    {
        MirrorControl control;
        try
        {
            control = JsonSerializer.Deserialize<MirrorControl>(json, Format) ?? throw new InvalidDataException("A control file is an object, not null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(error.Message, error);
        }

        foreach (var mirror in (MirrorKind[])[MirrorKind.Hub, MirrorKind.Registry, MirrorKind.Python, MirrorKind.Apt])
        {
            if (control[mirror].Mistake() is { } mistake)
            {
                throw new InvalidDataException($"{JsonNamingPolicy.CamelCase.ConvertName(mirror.ToString())}.{mistake}");
            }
        }

        return control;
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>Writes it in one step: no reader sees half of it.</summary>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson()), AtomicFile.Public);
}

/// <summary>Bandwidth and faults of one mirror. Without any member it serves as fast as it can.</summary>
internal sealed record MirrorFaults
{
    public static MirrorFaults None { get; } = new();

    /// <summary>Bytes of bodies in a second, for all connections together; null: no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Milliseconds before each answer.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Connections are reset: new ones, and those in the middle of a transfer.</summary>
    public bool Down { get; init; }

    /// <summary>Nothing is answered and transfers stand still, until this is lifted or the client has had enough.</summary>
    public bool Hang { get; init; }

    /// <summary>Answers that are refusals; null: none.</summary>
    public MirrorRefusal? Refuse { get; init; }

    /// <summary>Answers that break off; null: none.</summary>
    public MirrorCut? Cut { get; init; }

    /// <summary>Answers with a wrong byte; null: none.</summary>
    public MirrorCorruption? Corrupt { get; init; }

    /// <summary>What is wrong with a value, by its name; null: nothing.</summary>
    public string? Mistake() =>
        BytesPerSecond is <= 0 ? "bytesPerSecond must be more than 0; leave it out for no limit"
        : LatencyMs is < 0 or > 600_000 ? "latencyMs must be between 0 and 600000"
        : Refuse?.Mistake() is { } refusal ? refusal
        : Cut is { AfterBytes: < 0 } or { Times: < 0 } ? "cut must have afterBytes and times of at least 0"
        : Corrupt is { Times: < 0 } ? "corrupt.times must be at least 0"
        : null;
}

/// <summary>The next large answers break off: the connection is reset after some bytes. Answers of less than 16 KiB never do.</summary>
/// <param name="AfterBytes">Bytes of the body that are sent; a shorter body is sent whole and not counted.</param>
/// <param name="Times">How many answers.</param>
/// <param name="Asked">When: counting begins afresh when this record changes, so asking for the same once more needs another time.</param>
internal sealed record MirrorCut(long AfterBytes, int Times, DateTimeOffset? Asked = null);

/// <summary>The next answers that hold a file have their first byte changed.</summary>
/// <param name="File">Name of the file, the hex digest of a blob, or <c>*</c> for every answer of 16 KiB and more.</param>
/// <param name="Times">How many answers.</param>
/// <param name="Asked">When: counting begins afresh when this record changes.</param>
internal sealed record MirrorCorruption(string File, int Times, DateTimeOffset? Asked = null);
