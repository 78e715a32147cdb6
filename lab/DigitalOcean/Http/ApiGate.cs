using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>What comes before a request: its token, the token's scopes, the rate limit, and faults that were asked for.</summary>
internal sealed class ApiGate(CloudAccount account)
{
    private readonly RateLimit _rate = new(account);

    /// <exception cref="ApiError">401, 403, 429, or what a fault says.</exception>
    public void Admit(HttpContext context, ApiRoute? route)
    {
        if (TokenOf(context) is not { } given || account.State.Find<ApiToken>(ApiToken.KeyOf(given)) is not { } token)
        {
            throw ApiError.Unauthorized();
        }
        _rate.Count(context, token.Digest);
        if (account.TakeSkew(Subject(context)) is { } skew)
        {
            context.Response.Headers.Date = (account.Clock.GetUtcNow() + skew).ToString("R", CultureInfo.InvariantCulture);
        }
        if (account.TakeRefusal(Subject(context), route?.Scope) is { } refusal)
        {
            throw refusal;
        }
        if (route?.Scope is { } scope && !token.Allows(scope))
        {
            throw ApiError.Forbidden();
        }
    }

    /// <summary>The token that a request was sent with; null: none.</summary>
    public static string? TokenOf(HttpContext context)
    {
        const string bearer = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? header[bearer.Length..].Trim() : null;
    }

    /// <summary>Whether the connection ends instead of an answer.</summary>
    public bool CutsOff(HttpContext context) => account.TakeCut(Subject(context));

    /// <summary>What faults of requests are about.</summary>
    private static string Subject(HttpContext context) => $"{context.Request.Method} {context.Request.Path}";
}
