using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>
/// What DigitalOcean does with certificates, and refuses. Text for one in use: terraform-provider-digitalocean 401992a1,
/// resource_certificate.go; the others are not the API's.
/// </summary>
internal static partial class Certificates
{
    private const int MostNames = 100;

    public static Certificate Create(AccountChange change, CertificateRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw ApiError.Unprocessable("name is required");
        }
        if (change.All<Certificate>().Any(other => other.Name == request.Name))
        {
            throw ApiError.Unprocessable("A certificate with this name already exists.");
        }
        return request.Type switch
        {
            null or "" or Certificate.Custom => change.Put(Own(change, request)),
            Certificate.LetsEncrypt => Ordered(change, request),
            _ => throw ApiError.Unprocessable($"type must be {Certificate.Custom} or {Certificate.LetsEncrypt}"),
        };
    }

    public static bool IsInUse(AccountState state, string id) => state.AllOf<IUsesCertificates>().Any(user => user.Uses(id));

    public static void Delete(AccountChange change, string id)
    {
        var certificate = change.Get<Certificate>(id);
        if (IsInUse(change.State, id))
        {
            throw ApiError.Forbidden("Make sure the certificate is not in use before deleting it");
        }
        change.Remove(certificate);
        DomainProof.Remove(change, id);
        foreach (var work in CertificateWork.Of(change, id))
        {
            change.Remove(work);
        }
    }

    private static Certificate Own(AccountChange change, CertificateRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.PrivateKey))
        {
            throw ApiError.Unprocessable("private_key is required");
        }
        if (string.IsNullOrWhiteSpace(request.LeafCertificate))
        {
            throw ApiError.Unprocessable("leaf_certificate is required");
        }
        try
        {
            var issued = CertificateFiles.Read(request.LeafCertificate, request.PrivateKey, request.CertificateChain);
            return new(AccountChange.NewId(), request.Name!, Certificate.Custom, [.. CertificateFiles.Names(issued)], Certificate.Verified,
                change.Now)
            { Issued = issued };
        }
        catch (CertificateException exception)
        {
            throw ApiError.Unprocessable(exception.Message);
        }
    }

    private static Certificate Ordered(AccountChange change, CertificateRequest request)
    {
        var names = Given.All(request.DnsNames, "dns_names").Select(name => name.TrimEnd('.').ToLowerInvariant()).Distinct()
            .ToImmutableArray();
        if (names.IsEmpty || names.Length > MostNames)
        {
            throw ApiError.Unprocessable($"dns_names must have between 1 and {MostNames} names");
        }
        if (names.FirstOrDefault(name => !HostName().IsMatch(name)) is { } wrong)
        {
            throw ApiError.Unprocessable($"dns_names: {wrong} is not a valid domain name");
        }
        // Begins as the API's text does (terraform-provider-digitalocean 129).
        if (names.Any(name => Domains.Domains.ZoneOf(change.State, name.Replace("*.", "", StringComparison.Ordinal)) is null))
        {
            throw ApiError.Unprocessable("one or more of the domains are not managed by DigitalOcean");
        }
        var certificate = change.Put(
            new Certificate(AccountChange.NewId(), request.Name!, Certificate.LetsEncrypt, names, Certificate.Pending, change.Now));
        change.Put(CertificateWork.Issue(change, certificate));
        return certificate;
    }

    [GeneratedRegex(@"^(?=.{4,253}\z)(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]\z")]
    private static partial Regex HostName();
}
