using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.Files;
using Infra.Lab.State;

namespace Infra.Lab.Mirrors;

/// <summary>Bandwidth and faults of all mirrors: the control file of a running server.</summary>
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

    /// <summary>The settings of one mirror.</summary>
    public MirrorFaults this[MirrorKind mirror] => mirror switch
    {
        MirrorKind.Hub => Hub,
        MirrorKind.Registry => Registry,
        MirrorKind.Python => Python,
        MirrorKind.Apt => Apt,
        _ => MirrorFaults.None,
    };

    /// <summary>A copy with other settings for one mirror.</summary>
    public MirrorControl With(MirrorKind mirror, MirrorFaults faults) => mirror switch
    {
        MirrorKind.Hub => this with { Hub = faults },
        MirrorKind.Registry => this with { Registry = faults },
        MirrorKind.Python => this with { Python = faults },
        MirrorKind.Apt => this with { Apt = faults },
        _ => throw new ArgumentException($"{mirror} has no faults.", nameof(mirror)),
    };

    /// <summary>Reads the file; a missing file means no limits and no faults.</summary>
    /// <exception cref="InvalidDataException">The file is invalid.</exception>
    /// <exception cref="StateFileException">It is not a file, or too large.</exception>
    public static MirrorControl Load(string path) => StateFile.ReadText(path) is { } text ? Parse(text) : new();

    /// <exception cref="InvalidDataException">The text is invalid.</exception>
    public static MirrorControl Parse(string json)
    {
        MirrorControl control;
        try
        {
            control = JsonSerializer.Deserialize<MirrorControl>(json, Format)
                ?? throw new InvalidDataException("A control file is an object, not null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(error.Message, error);
        }

        foreach (var mirror in (MirrorKind[])[MirrorKind.Hub, MirrorKind.Registry, MirrorKind.Python, MirrorKind.Apt])
        {
            if (control[mirror].Problem() is { } error)
            {
                throw new InvalidDataException($"{JsonNamingPolicy.CamelCase.ConvertName(mirror.ToString())}.{error}");
            }
        }

        return control;
    }

    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>Writes it atomically.</summary>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToJson()), AtomicFile.Public);
}

/// <summary>Bandwidth and faults of one mirror. Without members it has no limits.</summary>
internal sealed record MirrorFaults
{
    public static MirrorFaults None { get; } = new();

    /// <summary>Bytes of bodies per second for all connections together; null: no limit.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Milliseconds before each response.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Resets new connections and running transfers.</summary>
    public bool Down { get; init; }

    /// <summary>Sends nothing and stops transfers, until this is removed or the client disconnects.</summary>
    public bool Hang { get; init; }

    /// <summary>Refused requests; null: none.</summary>
    public MirrorRefusal? Refuse { get; init; }

    /// <summary>Truncated responses; null: none.</summary>
    public MirrorCut? Cut { get; init; }

    /// <summary>Corrupt responses; null: none.</summary>
    public MirrorCorruption? Corrupt { get; init; }

    /// <summary>The error of a value, with its name; null: none.</summary>
    public string? Problem() =>
        BytesPerSecond is <= 0 ? "bytesPerSecond must be more than 0; leave it out for no limit"
        : LatencyMs is < 0 or > 600_000 ? "latencyMs must be between 0 and 600000"
        : Refuse?.Problem() is { } refusal ? refusal
        : Cut is { AfterBytes: < 0 } or { Times: < 0 } ? "cut must have afterBytes and times of at least 0"
        : Corrupt is { Times: < 0 } ? "corrupt.times must be at least 0"
        : null;
}

/// <summary>Truncates the next large responses: resets the connection after some bytes. Responses below 16 KiB are not affected.</summary>
/// <param name="AfterBytes">Bytes of the body to send; a shorter body is complete and does not count.</param>
/// <param name="Times">Number of responses.</param>
/// <param name="Asked">Time of the request: a new time restarts the count.</param>
internal sealed record MirrorCut(long AfterBytes, int Times, DateTimeOffset? Asked = null);

/// <summary>Changes the first byte of the next file responses.</summary>
/// <param name="File">Name of the file, hex digest of a blob, or <c>*</c> for every response of 16 KiB and more.</param>
/// <param name="Times">Number of responses.</param>
/// <param name="Asked">Time of the request: a new time restarts the count.</param>
internal sealed record MirrorCorruption(string File, int Times, DateTimeOffset? Asked = null);
