using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Certificates of load balancers. The provider knows them by name, because a renewed one has another id.</summary>
internal sealed class CertificateKind : DigitalOceanKind
{
    private static readonly string[] s_ownParts = ["privateKey", "leafCertificate", "certificateChain"];

    public override string Type => Types.Certificate;

    protected override string ReadFailure => "Error retrieving Certificate: Error retrieving certificates";

    public override bool IsInNetworks => true;

    public override bool ReplacedBy(string input) => true;

    protected override bool IsSet(string input) => input == "domains";

    protected override object? Default(string input) => input == "type" ? Certificate.Custom : null;

    /// <summary>A certificate by its name; null: there is none.</summary>
    public static Certificate? Find(AccountState state, string? name) =>
        state.All<Certificate>().LastOrDefault(certificate => certificate.Name == name);

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        var checks = InputChecks.Of(after);
        checks.OneOf("type", Certificate.Custom, Certificate.LetsEncrypt);
        foreach (var part in s_ownParts)
        {
            checks.Conflict("domains", part);
        }
        // The rest is refused when it is created, without a request.
        switch (inputs.TextOrNull("type"))
        {
            case Certificate.LetsEncrypt:
                if (inputs.Texts("domains").Count == 0)
                {
                    throw new ProviderException("`domains` is required for when type is `lets_encrypt`");
                }
                break;
            case null or Certificate.Custom:
                foreach (var (input, field) in new[] { ("privateKey", "private_key"), ("leafCertificate", "leaf_certificate") })
                {
                    if (!inputs.ContainsKey(input))
                    {
                        throw new ProviderException($"`{field}` is required for when type is `custom` or empty");
                    }
                }
                break;
        }
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating Certificate", "POST", "certificates",
        (change, known) =>
        {
            var inputs = known.Inputs;
            return known with
            {
                Id = Certificates.Create(change, new(
                    known.CloudName, inputs.TextOrNull("type"), inputs.Texts("domains"), inputs.TextOrNull("privateKey"),
                    inputs.TextOrNull("leafCertificate"), inputs.TextOrNull("certificateChain"))).Name,
            };
        });

    public override ProviderRequest Delete(AccountState state, CloudResource resource)
    {
        var id = Find(state, resource.Id)?.Id ?? "";
        return ProviderRequest.Of("Error deleting Certificate", "DELETE", $"certificates/{id}", change => Certificates.Delete(change, id));
    }

    // By its name, in a list.
    public override ProviderCall Reading(AccountState state, CloudResource resource) => new(ReadFailure, "GET", "certificates");

    public override ProviderCall Watching(AccountState state, CloudResource resource) =>
        new("Error retrieving certificate", "GET", $"certificates/{Find(state, resource.Id)?.Id}");

    public override bool IsHeld(AccountState state, CloudResource resource) =>
        Find(state, resource.Id) is { } certificate && Certificates.IsInUse(state, certificate.Id);

    public override CloudResource? Read(AccountState state, CloudResource resource)
    {
        if (Find(state, resource.Id) is not { } certificate)
        {
            return null;
        }
        resource = resource.With("name", certificate.Name).With("state", certificate.State).With("uuid", certificate.Id);
        return certificate.Issued is not { } issued ? resource : resource
            .With("notAfter", issued.NotAfter.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            .With("sha1Fingerprint", issued.Sha1);
    }

    public override Progress ProgressOf(AccountState state, CloudResource resource) => Find(state, resource.Id)?.State switch
    {
        null => Progress.Gone,
        Certificate.Pending => Progress.Pending,
        Certificate.Error => Progress.Failed,
        _ => Progress.Ready,
    };
}
