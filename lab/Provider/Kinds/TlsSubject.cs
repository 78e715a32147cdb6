using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Provider.Keys;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>The subject of a certificate, from the inputs of pulumi-tls.</summary>
internal static class TlsSubject
{
    public static X500DistinguishedName Of(PropertyMap inputs)
    {
        var name = new X500DistinguishedNameBuilder();
        if (inputs.Map("subject") is { } subject)
        {
            // Go writes them in this order.
            Add("country", text => name.AddCountryOrRegion(text));
            Add("organization", text => name.AddOrganizationName(text));
            Add("organizationalUnit", text => name.AddOrganizationalUnitName(text));
            Add("locality", text => name.AddLocalityName(text));
            Add("province", text => name.AddStateOrProvinceName(text));
            foreach (var street in subject.Texts("streetAddresses"))
            {
                name.Add("2.5.4.9", street);
            }
            Add("postalCode", text => name.Add("2.5.4.17", text));
            Add("commonName", text => name.AddCommonName(text));
            Add("serialNumber", text => name.Add("2.5.4.5", text));

            void Add(string input, Action<string> add)
            {
                if (subject.TextOrNull(input) is { Length: > 0 } text)
                {
                    add(text);
                }
            }
        }
        return name.Build();
    }

    public static X509Extension? Names(PropertyMap inputs) =>
        Issuer.Names(inputs.Texts("dnsNames"), inputs.Texts("ipAddresses"), inputs.Texts("uris"));
}
