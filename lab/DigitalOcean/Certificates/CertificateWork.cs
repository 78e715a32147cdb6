using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;

namespace Infra.Lab.DigitalOcean.Certificates;

/// <summary>Work on certificates.</summary>
internal static class CertificateWork
{
    public const string IssueKind = "issue certificate";
    public const string RenewKind = "renew certificate";

    /// <summary>DigitalOcean tries up to three times, 20 minutes apart (provider-behaviour P02).</summary>
    public const int MostFailures = 3;

    private static readonly TimeSpan s_takes = TimeSpan.FromSeconds(40); // not measured
    private static readonly TimeSpan s_between = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan s_beforeTheEnd = TimeSpan.FromDays(30);

    public static Work Issue(AccountChange change, Certificate certificate) => new(
        IssueKind, certificate.Id, change.Now + change.Settings.Takes(s_takes + (s_between * certificate.Failures)), certificate.Failures);

    public static Work Renew(Certificate certificate) => new(RenewKind, certificate.Id, certificate.Issued!.NotAfter - s_beforeTheEnd);

    public static IReadOnlyList<Work> Of(AccountChange change, string id) =>
        [.. change.All<Work>().Where(work => work.Subject == id && work.Kind is IssueKind or RenewKind)];
}

/// <summary>Has a new certificate issued.</summary>
internal sealed class IssueCertificate(CloudAccount account, ICertificateAuthority authority) : IWorkHandler
{
    private readonly CertificateIssuance _issuance = new(account, authority);

    public string Kind => CertificateWork.IssueKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        if (account.State.Find<Certificate>(work.Subject) is not { } certificate)
        {
            return;
        }
        if (work.ActionId > 0)
        {
            await account.Clock.UntilAsync(work.DueAt, cancel);
        }
        await account.HoldAsync(
            FaultKinds.NoCertificate, certificate.Name, state => state.Find<Certificate>(certificate.Key) is not null, cancel);
        account.FailIf(FaultKinds.FailedCertificate, certificate.Name);
        var issued = await _issuance.IssueAsync(certificate, cancel);
        account.Change(change =>
        {
            if (change.Find<Certificate>(work.Subject) is { } waiting)
            {
                change.Put(waiting with { Issued = issued });
            }
        });
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (change.Find<Certificate>(work.Subject) is not { } certificate)
        {
            return;
        }
        if (failure is null)
        {
            change.Put(CertificateWork.Renew(change.Put(certificate with { State = Certificate.Verified })));
            return;
        }
        var failed = change.Put(certificate with { Failures = certificate.Failures + 1 });
        if (failed.Failures < CertificateWork.MostFailures)
        {
            change.Put(CertificateWork.Issue(change, failed));
        }
        else
        {
            change.Put(failed with { State = Certificate.Error });
        }
    }
}

/// <summary>Has a certificate issued again in its last month; the new one has another id, and load balancers get it.</summary>
internal sealed class RenewCertificate(CloudAccount account, ICertificateAuthority authority) : IWorkHandler
{
    private static readonly TimeSpan s_retry = TimeSpan.FromDays(1);

    private readonly CertificateIssuance _issuance = new(account, authority);

    public string Kind => CertificateWork.RenewKind;

    public async Task RunAsync(Work work, CancellationToken cancel)
    {
        await account.Clock.UntilAsync(work.DueAt, cancel);
        if (account.State.Find<Certificate>(work.Subject) is not { } certificate)
        {
            return;
        }
        var issued = await _issuance.IssueAsync(certificate, cancel);
        account.Change(change =>
        {
            if (change.Find<Certificate>(work.Subject) is { } before)
            {
                Replace(change, before, issued);
            }
        });
    }

    public void End(AccountChange change, Work work, Exception? failure)
    {
        if (failure is not null && change.Find<Certificate>(work.Subject) is not null)
        {
            // A number of its own, because this work is still running.
            change.Put(work with { DueAt = change.Now + s_retry, ActionId = (work.ActionId ?? 0) + 1 });
        }
    }

    private static void Replace(AccountChange change, Certificate before, IssuedCertificate issued)
    {
        change.Remove(before);
        var renewed = change.Put(before with { Id = AccountChange.NewId(), Issued = issued });
        foreach (var user in change.State.AllOf<IUsesCertificates>().Where(user => user.Uses(before.Id)).ToList())
        {
            change.Put(user.With(renewed.Id, before.Id));
        }
        change.Put(CertificateWork.Renew(renewed));
    }
}
