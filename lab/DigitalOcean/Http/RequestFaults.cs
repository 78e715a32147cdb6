using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>Faults of single requests.</summary>
internal sealed class RequestFaults(CloudAccount account)
{
    private static readonly string[] s_statuses = ["422", "429", "500", "502", "503", "504"];

    /// <summary>Before the request has an effect.</summary>
    /// <exception cref="ApiError">What the fault says.</exception>
    public void Before(HttpContext context, string? scope)
    {
        if (account.State.All<Fault>().Count == 0)
        {
            return;
        }
        var request = Subject(context);
        if (Take(FaultKinds.ClockSkew, request) is { } skew)
        {
            context.Response.Headers.Date = (account.Clock.GetUtcNow() + (skew.Duration ?? FaultKinds.All[skew.Kind].Duration!.Value))
                .ToString("R", CultureInfo.InvariantCulture);
        }
        if (Take(FaultKinds.WrongToken, request) is not null)
        {
            throw ApiGate.Unauthorized();
        }
        if (scope is not null && Take(FaultKinds.MissingScope, scope) is not null)
        {
            throw ApiError.Forbidden();
        }
        foreach (var status in s_statuses)
        {
            if (Take(status, request) is not null)
            {
                throw status switch
                {
                    "422" => ApiError.Unprocessable("The request was refused by a fault of the lab."),
                    "429" => RateLimit.TooMany(),
                    _ => new(int.Parse(status, CultureInfo.InvariantCulture), "server_error", "Unexpected server-side error"),
                };
            }
        }
    }

    /// <summary>Whether the connection ends instead of an answer.</summary>
    public bool CutsOff(HttpContext context) => Take(FaultKinds.ConnectionCut, Subject(context)) is not null;

    private Fault? Take(string kind, string subject) =>
        AccountFaults.Find(account.State, kind, subject) is null ? null : account.Change(change => change.Take(kind, subject));

    private static string Subject(HttpContext context) => $"{context.Request.Method} {context.Request.Path}";
}
