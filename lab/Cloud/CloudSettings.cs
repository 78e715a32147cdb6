using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Host;
using Infra.Lab.State;

namespace Infra.Lab.Cloud;

/// <summary>What <c>./infra cloud up</c> was asked for; its API process reads it at each start.</summary>
/// <param name="Pace">How long things take.</param>
/// <param name="Base">Release of new Droplets: a name in <see cref="ServerBase.All"/>.</param>
/// <param name="HasServers">Whether Droplets boot; otherwise only the API answers.</param>
/// <param name="Address">IPv4 address of the programs inside, which firewalls see.</param>
/// <param name="Stacks">Stacks whose models and packages the mirrors serve.</param>
/// <param name="Machines">What their Droplets report.</param>
internal sealed record CloudSettings(
    Pace Pace, string Base, bool HasServers, string Address, IReadOnlyList<string> Stacks, IReadOnlyList<CloudMachine> Machines)
{
    /// <summary>
    /// In none of the ranges of examples, which the program of a stack refuses. From those of RFC 2544, which no host on the internet has.
    /// </summary>
    public const string DefaultAddress = "198.18.0.7";

    /// <summary>The pace as the command line has it.</summary>
    [JsonIgnore]
    public string PaceWord => Pace.ToString().ToLowerInvariant();

    /// <summary>Null: the cloud has never been started.</summary>
    /// <exception cref="StateFileException">It is damaged.</exception>
    public static CloudSettings? Load(LabFolder folder) => StateFile.Read(FileOf(folder), CloudJson.Default.CloudSettings);

    public void Save(LabFolder folder) => StateFile.Write(FileOf(folder), this, CloudJson.Default.CloudSettings);

    private static string FileOf(LabFolder folder) => Path.Combine(folder.Path, "settings.json");
}

/// <summary>What a planned Droplet reports: the values of its plan.</summary>
/// <param name="Hostname">Name of the Droplet in the stack of the project.</param>
/// <param name="Node">The same without the stack, whose copies have other names.</param>
/// <param name="Size">Size slug.</param>
/// <param name="Engine">What its engine reports.</param>
internal sealed record CloudMachine(string Hostname, string Node, string Size, EngineExpectation Engine);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CloudSettings))]
[JsonSerializable(typeof(CloudUpReport))]
[JsonSerializable(typeof(CloudStatus))]
internal sealed partial class CloudJson : JsonSerializerContext;
