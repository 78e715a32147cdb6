using System.Globalization;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>A request with its values; wrong ones end it with the API's error.</summary>
/// <param name="context">The HTTP request.</param>
/// <param name="bytes">Its body.</param>
internal sealed class ApiRequest(HttpContext context, ReadOnlyMemory<byte> bytes)
{
    /// <summary>A value of the path.</summary>
    public string Route(string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>The same for a number. What is none is not found.</summary>
    /// <exception cref="ApiError">404.</exception>
    public long RouteNumber(string name) =>
        long.TryParse(Route(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiError.NotFound();

    /// <summary>A value of the query; null: it has none, or an empty one, which clients send for what they do not ask for.</summary>
    public string? Query(string name) =>
        context.Request.Query.TryGetValue(name, out var values) && values[^1] is { Length: > 0 } value ? value : null;

    /// <summary>All values of the query with this name, which is asked for more than once.</summary>
    public IReadOnlyList<string> Queries(string name) =>
        [.. context.Request.Query[name].OfType<string>().Where(value => value.Length > 0)];

    /// <summary>The token that it was sent with, which is known.</summary>
    public string Token => ApiGate.TokenOf(context)!;

    /// <summary>Whether the path ends with a slash: a list for most clients.</summary>
    public bool EndsWithSlash => context.Request.Path.Value?.EndsWith('/') == true;

    public string? Header(string name) => context.Request.Headers.TryGetValue(name, out var values) ? values[^1] : null;

    /// <summary>The body as a request of the domain.</summary>
    /// <param name="undecodable">The refusal of what is no JSON, where it has another form.</param>
    /// <exception cref="ApiError">400: no JSON; 422: a member has the wrong type.</exception>
    public T Body<T>(Func<string, ApiError>? undecodable = null)
        where T : class
    {
        const string words = "unable to decode request body";
        undecodable ??= ApiError.BadRequest;
        try
        {
            using var document = JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes);
            return document.Deserialize<T>(AccountJson.Options) ?? throw undecodable(words);
        }
        catch (JsonException exception) when (exception.Path is { Length: > 0 } path)
        {
            throw ApiError.Unprocessable($"json: cannot unmarshal the value of {path.TrimStart('$', '.')}");
        }
        catch (JsonException)
        {
            throw undecodable(words);
        }
    }

    /// <summary>A page of a list, as <c>{"vpcs": [...], "links": {...}, "meta": {"total": N}}</c>.</summary>
    /// <param name="name">Member of the list.</param>
    /// <param name="items">All items.</param>
    /// <param name="view">The item as the API shows it.</param>
    public ApiAnswer Page<T>(string name, IReadOnlyCollection<T> items, Func<T, object> view) =>
        Page(name, items, page => (object)page.Select(view).ToList());

    /// <summary>The same for a list that is an object, with a key for each item.</summary>
    public ApiAnswer Pages<T>(string name, IReadOnlyCollection<T> items, Func<T, string> key, Func<T, object> view) =>
        Page(name, items, page => page.ToDictionary(key, view));

    private ApiAnswer Page<T>(string name, IReadOnlyCollection<T> items, Func<IEnumerable<T>, object> list)
    {
        var page = Pagination.Of(context.Request, items.Count);
        return ApiAnswer.Ok(new Dictionary<string, object>
        {
            [name] = list(items.Skip(page.Skip).Take(page.Size)),
            ["links"] = page.Links,
            ["meta"] = new { Total = items.Count },
        });
    }
}
