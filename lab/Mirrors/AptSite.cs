using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// Archives of packages, as files. <c>apt/HOST/PATH</c> goes before <c>apt/PATH</c>: hosts whose archives differ in their first folder, as Debian's
/// do, can share one tree.
/// </summary>
internal sealed class AptSite(string folder)
{
    public Task AnswerAsync(Exchange exchange)
    {
        var file = (string[])[$"{exchange.Request.Host.Host}/{exchange.Path}", exchange.Path] is var paths
            ? paths.Select(path => SafePath.Under(folder, path)).FirstOrDefault(path => path is not null && File.Exists(path))
            : null;
        return file is null
            ? exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n")
            : exchange.ContentAsync(FileContent.OfFile(Path.GetFileName(file), file) with { Modified = File.GetLastWriteTimeUtc(file) });
    }
}
