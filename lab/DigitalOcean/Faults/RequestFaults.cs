using System.Globalization;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Faults;

/// <summary>Faults of single requests, over HTTP and of the provider of <c>./infra up</c> alike.</summary>
internal static class RequestFaults
{
    /// <summary>Words of an error of the server: the specification's example.</summary>
    public const string ServerError = "Unexpected server-side error";

    private static readonly string[] s_statuses = ["422", "429", "500", "502", "503", "504"];

    /// <summary>The refusal of a request before it has an effect; null: no fault concerns it.</summary>
    /// <param name="account">The account.</param>
    /// <param name="request">Method and path: <c>POST /v2/droplets</c>.</param>
    /// <param name="scope">Scope that its token needs; null: none.</param>
    public static ApiError? TakeRefusal(this CloudAccount account, string request, string? scope)
    {
        if (account.State.All<Fault>().Count == 0)
        {
            return null;
        }
        if (Take(account, FaultKinds.WrongToken, request) is not null)
        {
            return ApiError.Unauthorized();
        }
        if (scope is not null && Take(account, FaultKinds.MissingScope, scope) is not null)
        {
            return ApiError.Forbidden();
        }
        foreach (var status in s_statuses)
        {
            if (Take(account, status, request) is { } fault)
            {
                return status switch
                {
                    "422" => ApiError.Unprocessable("The request was refused by a fault of the lab."),
                    "429" => ApiError.TooManyRequests(fault.Lasts),
                    _ => new(int.Parse(status, CultureInfo.InvariantCulture), "server_error", ServerError),
                };
            }
        }
        return null;
    }

    /// <summary>Whether the connection ends instead of an answer: what the request does, it has done.</summary>
    public static bool TakeCut(this CloudAccount account, string request) => Take(account, FaultKinds.ConnectionCut, request) is not null;

    /// <summary>How wrong the clock of an answer is; null: it is right.</summary>
    public static TimeSpan? TakeSkew(this CloudAccount account, string request) => Take(account, FaultKinds.ClockSkew, request)?.Lasts;

    private static Fault? Take(CloudAccount account, string kind, string subject) =>
        AccountFaults.Find(account.State, kind, subject) is null ? null : account.Change(change => change.Take(kind, subject));
}
