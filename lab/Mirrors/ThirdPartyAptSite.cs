using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// Package archives of vendors: the same valid archive under any address, so that sources keep their real ones. The first path component
/// may select a permanent fault of a source: <c>missing</c>, <c>unsigned</c>, <c>hanging</c>.
/// </summary>
internal sealed class ThirdPartyAptSite(string folder)
{
    private static readonly string[] Signatures = ["InRelease", "Release.gpg"];

    public Task AnswerAsync(Exchange exchange)
    {
        var parts = exchange.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["missing", ..] => MissingAsync(exchange),
            ["unsigned", .., var name] when Signatures.Contains(name) => MissingAsync(exchange),
            ["hanging", ..] => exchange.HangAsync(),
            // Its lists are in both places where clients look for them.
            [.., var name] when SafePath.Under(folder, name) is { } file && File.Exists(file) =>
                exchange.ContentAsync(FileContent.OfFile(name, file)),
            _ => MissingAsync(exchange),
        };
    }

    private static Task MissingAsync(Exchange exchange) => exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n");
}
