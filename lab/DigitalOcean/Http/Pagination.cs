using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>The page that a request asks for, and links to the others.</summary>
/// <param name="Skip">Number of items before it.</param>
/// <param name="Size">Most items of a page.</param>
/// <param name="Links">The member <c>links</c>.</param>
internal sealed record Pagination(int Skip, int Size, object Links)
{
    /// <summary>DigitalOcean's specification 2.0, parameters <c>page</c> and <c>per_page</c>.</summary>
    private const int DefaultSize = 20;

    private const int LargestSize = 200;

    public static Pagination Of(HttpRequest request, int total)
    {
        var size = Number("per_page", DefaultSize, LargestSize);
        var page = Number("page", 1, int.MaxValue);
        var last = Math.Max(1, (total + size - 1) / size);
        var pages = new Dictionary<string, string>();
        if (page > 1)
        {
            pages["first"] = Url(1);
            pages["prev"] = Url(page - 1);
        }
        if (page < last)
        {
            pages["next"] = Url(page + 1);
            pages["last"] = Url(last);
        }
        return new((int)Math.Min((long)(page - 1) * size, int.MaxValue), size, pages.Count > 0 ? new { Pages = pages } : new { });

        int Number(string name, int byDefault, int largest) => request.Query.TryGetValue(name, out var values)
            ? int.TryParse(values[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= largest
                ? number
                : throw ApiError.BadRequest($"{name} must be a number between 1 and {largest}")
            : byDefault;

        string Url(int to)
        {
            var query = request.Query.Where(value => value.Key != "page")
                .SelectMany(value => value.Value, (value, one) => KeyValuePair.Create(value.Key, one))
                .Append(KeyValuePair.Create<string, string?>("page", to.ToString(CultureInfo.InvariantCulture)));
            return UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, QueryString.Create(query));
        }
    }
}
