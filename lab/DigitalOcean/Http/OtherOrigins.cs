using Microsoft.AspNetCore.Http;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>
/// What browsers need for a page of another origin to call the API. Headers as in DigitalOcean's documentation of API v2, "Cross Origin
/// Resource Sharing".
/// </summary>
internal static class OtherOrigins
{
    /// <summary>Allows the origin of a request.</summary>
    /// <returns>Whether the request only asks for that; it has no token.</returns>
    public static bool IsPreflight(HttpContext context)
    {
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin] || !IsHeader(origin))
        {
            return false;
        }
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Total, Link";
        headers.AccessControlMaxAge = "86400";
        headers.AccessControlAllowCredentials = "true";
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return false;
        }
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
        if (context.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked && asked.All(IsHeader))
        {
            headers.AccessControlAllowHeaders = asked;
        }
        return true;
    }

    /// <summary>Whether a text of the request may be a header of the answer.</summary>
    private static bool IsHeader(string? text) => text is not null && text.All(letter => letter is >= ' ' and <= '~');
}
