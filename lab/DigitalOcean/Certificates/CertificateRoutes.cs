using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>Certificates over HTTP. Private keys are never shown.</summary>
internal static class CertificateRoutes
{
    private const string All = "/v2/certificates";
    private const string One = "/v2/certificates/{certificate_id}";
    private const string Id = "certificate_id";

    public static IEnumerable<ApiRoute> Of(CloudAccount account) =>
    [
        new("GET", All, "certificate:read", null, request =>
        {
            var name = request.Query("name");
            return request.Page("certificates",
                [.. account.State.All<Certificate>().Where(certificate => name is null or "" || certificate.Name == name)], View);
        }),
        new("POST", All, "certificate:create", "pebble, an ACME server for tests, issues instead of Let's Encrypt.", request =>
        {
            var body = request.Body<CertificateRequest>();
            return ApiAnswer.Created(Answer(account.Change(change => Certificates.Create(change, body))));
        }),
        new("GET", One, "certificate:read", null, request => ApiAnswer.Ok(Answer(account.State.Get<Certificate>(request.Route(Id))))),
        new("DELETE", One, "certificate:delete", null, request =>
        {
            account.Change(change => Certificates.Delete(change, request.Route(Id)));
            return ApiAnswer.NoContent;
        }),
    ];

    private static object Answer(Certificate certificate) => new { Certificate = View(certificate) };

    private static object View(Certificate certificate)
    {
        var issued = certificate.State == Certificate.Pending ? null : certificate.Issued;
        return new
        {
            certificate.Id,
            certificate.Name,
            // The zero time of Go, in which the API is written.
            NotAfter = issued?.NotAfter ?? DateTimeOffset.MinValue,
            Sha1Fingerprint = issued?.Sha1 ?? "",
            certificate.CreatedAt,
            certificate.DnsNames,
            certificate.State,
            certificate.Type,
        };
    }
}
