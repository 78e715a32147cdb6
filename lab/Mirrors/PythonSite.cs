using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>PyPI's simple index as HTML (PEP 503) and JSON (PEP 691, with sizes and upload times of PEP 700), and its files.</summary>
internal sealed class PythonSite(string folder)
{
    private const string Json = "application/vnd.pypi.simple.v1+json";
    private const string Html = "application/vnd.pypi.simple.v1+html";
    private static readonly PythonIndex Empty = new(new Dictionary<string, IReadOnlyList<PythonFile>>());
    private readonly StoredJson<PythonIndex> _index = new();

    private PythonIndex Index => _index.Find(Path.Combine(folder, PythonIndex.FileName)) ?? Empty;

    /// <summary>A request to <c>pypi.org</c>.</summary>
    public Task AnswerAsync(Exchange exchange)
    {
        var parts = exchange.Path.Split('/');
        if (parts is not (["", "simple", ""] or ["", "simple"] or ["", "simple", _, ""] or ["", "simple", _]))
        {
            return exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n");
        }

        exchange.Headers.Vary = "Accept";
        if (parts is ["", "simple"])
        {
            return exchange.RedirectAsync(StatusCodes.Status301MovedPermanently, "/simple/");
        }

        if (parts is ["", "simple", ""])
        {
            return ListAsync(exchange);
        }

        var name = PythonIndex.Normalize(parts[2]);
        if (parts is not ["", "simple", _, ""] || name != parts[2])
        {
            return exchange.RedirectAsync(StatusCodes.Status301MovedPermanently, $"/simple/{Uri.EscapeDataString(name)}/");
        }

        return Index.Projects.TryGetValue(name, out var files)
            ? ProjectAsync(exchange, name, files)
            : exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n");
    }

    /// <summary>A request to <c>files.pythonhosted.org</c>.</summary>
    public Task AnswerFileAsync(Exchange exchange)
    {
        var file = Index.Projects.Values.SelectMany(files => files).FirstOrDefault(file => file.Address == exchange.Path);
        return file is null
            ? exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n")
            : exchange.ContentAsync(
                FileContent.OfFile(file.Name, Path.Combine(folder, "files", file.Name)) with { ETag = $"\"{file.Sha256}\"" });
    }

    private Task ListAsync(Exchange exchange)
    {
        var names = Index.Projects.Keys.Order(StringComparer.Ordinal).ToArray();
        return WantsJson(exchange)
            ? exchange.JsonAsync(
                StatusCodes.Status200OK,
                new { meta = new Dictionary<string, string> { ["api-version"] = "1.1" }, projects = names.Select(name => new { name }) },
                Json)
            : PageAsync(exchange, "Simple index", names.Select(name => $"<a href=\"/simple/{name}/\">{name}</a>"));
    }

    private static Task ProjectAsync(Exchange exchange, string name, IReadOnlyList<PythonFile> files)
    {
        var origin = exchange.OriginOf(MirrorSite.PythonFiles);
        if (!WantsJson(exchange))
        {
            return PageAsync(exchange, $"Links for {name}", files.Select(file =>
                $"<a href=\"{origin}{file.Address}#sha256={file.Sha256}\"{Requires(file)}>{file.Name}</a><br />"));
        }

        return exchange.JsonAsync(
            StatusCodes.Status200OK,
            new
            {
                meta = new Dictionary<string, string> { ["api-version"] = "1.1" },
                name,
                versions = files.Select(file => file.Version).Distinct(),
                files = files.Select(file => Row(origin, file)),
            },
            Json);
    }

    private static Dictionary<string, object?> Row(string origin, PythonFile file) => new()
    {
        ["filename"] = file.Name,
        ["url"] = origin + file.Address,
        ["hashes"] = new { sha256 = file.Sha256 },
        ["size"] = file.Size,
        ["upload-time"] = file.Uploaded.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        ["requires-python"] = file.RequiresPython,
        ["yanked"] = false,
    };

    private static string Requires(PythonFile file) =>
        file.RequiresPython is { } python ? $" data-requires-python=\"{WebUtility.HtmlEncode(python)}\"" : "";

    private static Task PageAsync(Exchange exchange, string title, IEnumerable<string> lines)
    {
        var page = new StringBuilder()
            .Append("<!DOCTYPE html>\n<html>\n  <head>\n    <meta name=\"pypi:repository-version\" content=\"1.1\">\n")
            .Append(CultureInfo.InvariantCulture, $"    <title>{title}</title>\n  </head>\n  <body>\n    <h1>{title}</h1>\n")
            .AppendJoin("", lines.Select(line => $"    {line}\n"))
            .Append("  </body>\n</html>\n");
        return exchange.TextAsync(
            StatusCodes.Status200OK, page.ToString(), Accepted(exchange).ContainsKey(Html) ? Html : "text/html; charset=utf-8");
    }

    // pip prefers JSON; browsers and clients without preference get HTML.
    private static bool WantsJson(Exchange exchange)
    {
        var accepted = Accepted(exchange);
        var json = accepted.GetValueOrDefault(Json);
        return json > 0 && json >= accepted.Where(type => type.Key != Json).Select(type => type.Value).DefaultIfEmpty(0).Max();
    }

    private static Dictionary<string, double> Accepted(Exchange exchange)
    {
        var accepted = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in exchange.Request.Headers.Accept.SelectMany(value => (value ?? "").Split(',')))
        {
            var parts = item.Split(';', StringSplitOptions.TrimEntries);
            var weight = parts.Skip(1).FirstOrDefault(part => part.StartsWith("q=", StringComparison.Ordinal))?["q=".Length..];
            accepted[parts[0]] = double.TryParse(weight, CultureInfo.InvariantCulture, out var q) ? q : 1;
        }

        return accepted;
    }
}
