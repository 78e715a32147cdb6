using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>
/// Package archives of vendors: one archive in good order, whatever the address, so that a source may have the real one. The first part of
/// the path may ask for a fault that belongs to a source and not to a moment: <c>missing</c>, <c>unsigned</c>, <c>hanging</c>.
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
            // Its lists say the same in both places where a client looks for them.
            [.., var name] when SafePath.Under(folder, name) is { } file && File.Exists(file) => exchange.ContentAsync(FileContent.OfFile(name, file)),
            _ => MissingAsync(exchange),
        };
    }

    private static Task MissingAsync(Exchange exchange) => exchange.TextAsync(StatusCodes.Status404NotFound, "404 Not Found\n");
}
