using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// Package archives as files. <c>apt/HOST/PATH</c> has precedence over <c>apt/PATH</c>: hosts with different first path components, such as
/// Debian's, can share one tree.
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
