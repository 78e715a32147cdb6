using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Infra.Lab.State;

namespace Infra.Lab.Provider.Resources;

/// <summary>
/// The complete local cloud, in one <see cref="StateFile"/> of a folder. It contains secrets. Only one process at a time opens it.
/// </summary>
internal sealed class CloudState : IDisposable
{
    public const string FileName = "cloud.json";
    private const int Version = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Not for browsers.
    private static readonly JsonWriterOptions s_plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _lock = new();
    private readonly Dictionary<long, (CloudResource Resource, byte[] Json)> _written = [];
    private readonly string _path;
    private readonly FileStream? _claim;
    private ImmutableSortedDictionary<long, CloudResource> _resources = ImmutableSortedDictionary<long, CloudResource>.Empty;
    private long _lastOrder;
    private long _lastNumber = 500_000_000;

    private CloudState(string path, FileStream? claim)
    {
        _path = path;
        _claim = claim;
    }

    /// <summary>All resources in order of creation, including replaced ones.</summary>
    public IEnumerable<CloudResource> Resources => Volatile.Read(ref _resources).Values;

    /// <summary>The CA in the role of Let's Encrypt, certificate and key in PEM; null until the first certificate.</summary>
    public (string CertificatePem, string KeyPem)? PublicAuthority { get; private set; }

    /// <summary>Opens the state of a folder, and creates it if necessary.</summary>
    /// <exception cref="IOException">Another process has it open, or it is unreadable.</exception>
    public static CloudState Open(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The local cloud runs on Linux.");
        }
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, FileName);
        FileStream claim;
        try
        {
            claim = new FileStream($"{path}.lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException exception)
        {
            throw new IOException($"another process is changing the local cloud of {folder}: wait until it has ended", exception);
        }
        var state = new CloudState(path, claim);
        try
        {
            state.Load();
        }
        catch
        {
            claim.Dispose();
            throw;
        }
        return state;
    }

    /// <summary>The current content of the file, read-only: another process may be changing it. Null if there is none.</summary>
    public static CloudState? Peek(string folder)
    {
        // Read-only: never written and without a lock.
        var state = new CloudState(Path.Combine(folder, FileName), null);
        return state.Load() ? state : null;
    }

    /// <summary>Reads and changes atomically.</summary>
    public T Atomically<T>(Func<T> change)
    {
        lock (_lock)
        {
            return change();
        }
    }

    public long NextOrder() => Atomically(() => ++_lastOrder);

    /// <summary>An unused number: ids of Droplets, SSH keys and DNS records.</summary>
    public long NextNumber() => Atomically(() => ++_lastNumber);

    /// <summary>Stores a resource, together with related ones, in one write.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="others">Related resources of the same write.</param>
    public CloudResource Put(CloudResource resource, params ReadOnlySpan<CloudResource> others)
    {
        lock (_lock)
        {
            var resources = _resources.SetItem(resource.Order, resource);
            foreach (var other in others)
            {
                resources = resources.SetItem(other.Order, other);
            }
            Write(resources);
            return resource;
        }
    }

    public void Remove(CloudResource resource)
    {
        lock (_lock)
        {
            Write(_resources.Remove(resource.Order));
        }
    }

    /// <summary>The CA in the role of Let's Encrypt, created on the first call.</summary>
    public (string CertificatePem, string KeyPem) EnsurePublicAuthority(Func<(string CertificatePem, string KeyPem)> make)
    {
        lock (_lock)
        {
            if (PublicAuthority is null)
            {
                PublicAuthority = make();
                Write(_resources);
            }
            return PublicAuthority.Value;
        }
    }

    public void Dispose() => _claim?.Dispose();

    private void Write(ImmutableSortedDictionary<long, CloudResource> resources)
    {
        // The disk is written first: a failed write leaves memory and file the same.
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, resources.Values);
        }
        StateFile.Write(_path, buffer.WrittenSpan);
        Volatile.Write(ref _resources, resources);
    }

    private void Write(Utf8JsonWriter writer, IEnumerable<CloudResource> resources)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteNumber("lastOrder", _lastOrder);
        writer.WriteNumber("lastNumber", _lastNumber);
        if (PublicAuthority is { } authority)
        {
            writer.WriteString("publicAuthority", authority.CertificatePem);
            writer.WriteString("publicAuthorityKey", authority.KeyPem);
        }
        writer.WriteStartArray("resources");
        foreach (var resource in resources)
        {
            // Each write contains everything, and most of it is unchanged: user data alone has tens of kilobytes.
            if (!_written.TryGetValue(resource.Order, out var known) || !ReferenceEquals(known.Resource, resource))
            {
                _written[resource.Order] = known = (resource, Json(resource));
            }
            writer.WriteRawValue(known.Json, skipInputValidation: true);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static byte[] Json(CloudResource resource)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_plain))
        {
            writer.WriteStartObject();
            writer.WriteNumber("order", resource.Order);
            writer.WriteString("type", resource.Type);
            writer.WriteString("name", resource.Name);
            writer.WriteString("id", resource.Id);
            writer.WriteString("status", resource.Status.ToString());
            writer.WriteBoolean("replaced", resource.Replaced);
            writer.WriteString("trigger", resource.Trigger);
            writer.WriteString("halfMade", resource.HalfMade);
            writer.WriteString("deleteTimeout", resource.DeleteTimeout?.ToString("c", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteStartArray("replaceOnChanges");
            foreach (var input in resource.ReplaceOnChanges)
            {
                writer.WriteStringValue(input);
            }
            writer.WriteEndArray();
            foreach (var (name, value) in new[] { ("inputs", resource.Inputs), ("outputs", resource.Outputs), ("hidden", resource.Hidden) })
            {
                writer.WritePropertyName(name);
                PropertyJson.Write(writer, value);
            }
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    // An older lab may lack these.
    private static JsonElement? Optional(JsonElement resource, string name) => resource.TryGetProperty(name, out var value) ? value : null;

    /// <returns>Whether there is a file.</returns>
    /// <exception cref="StateFileException">It is not a state of this version.</exception>
    private bool Load()
    {
        if (StateFile.Read(_path) is not { } bytes)
        {
            return false;
        }
        try
        {
            Load(bytes);
            return true;
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new StateFileException(_path, $"it is not a state of the local cloud: {exception.Message}", exception);
        }
    }

    private void Load(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != Version)
        {
            throw new JsonException($"version {root.GetProperty("version")} is not {Version}");
        }
        _lastOrder = root.GetProperty("lastOrder").GetInt64();
        _lastNumber = root.GetProperty("lastNumber").GetInt64();
        if (root.TryGetProperty("publicAuthority", out var certificate))
        {
            PublicAuthority = (certificate.GetString()!, root.GetProperty("publicAuthorityKey").GetString()!);
        }
        _resources = root.GetProperty("resources").EnumerateArray().Select(resource => new CloudResource
        {
            Order = resource.GetProperty("order").GetInt64(),
            Type = resource.GetProperty("type").GetString()!,
            Name = resource.GetProperty("name").GetString()!,
            Id = resource.GetProperty("id").GetString(),
            Status = Enum.Parse<ResourceStatus>(resource.GetProperty("status").GetString()!),
            Replaced = resource.GetProperty("replaced").GetBoolean(),
            Trigger = resource.GetProperty("trigger").GetString(),
            HalfMade = Optional(resource, "halfMade")?.GetString(),
            DeleteTimeout = Optional(resource, "deleteTimeout")?.GetString() is { } time
                ? TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)
                : null,
            ReplaceOnChanges = Optional(resource, "replaceOnChanges") is { } inputs
                ? [.. inputs.EnumerateArray().Select(input => input.GetString()!)]
                : [],
            Inputs = PropertyJson.ReadMap(resource.GetProperty("inputs")),
            Outputs = PropertyJson.ReadMap(resource.GetProperty("outputs")),
            Hidden = PropertyJson.ReadMap(resource.GetProperty("hidden")),
        }).ToImmutableSortedDictionary(resource => resource.Order, resource => resource);
    }
}
