using System.Net;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>Whose answer it is.</summary>
internal enum HubPart
{
    /// <summary>The hub's list of files.</summary>
    Listing,

    /// <summary>The hub, asked for a file.</summary>
    Files,

    /// <summary>The host that the hub redirects to.</summary>
    Storage,
}

/// <summary>An answer in place of the right one.</summary>
internal sealed class HubFault(HubPart part, Action<HttpListenerResponse> answer, int times)
{
    internal HubPart Part => part;

    internal int Times { get; set; } = times;

    internal void Answer(HttpListenerContext context)
    {
        answer(context.Response);
        context.Response.Close();
    }

    /// <summary>A status with a text.</summary>
    internal static HubFault Of(HubPart part, int status, string text = "", int times = 1, params (string Name, string Value)[] headers) =>
        new(part, response =>
    {
        response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            response.Headers[name] = value;
        }

        response.OutputStream.Write(Encoding.UTF8.GetBytes(text));
    }, times);

    /// <summary>A page of HTML where a file was asked for, with or without its length.</summary>
    internal static HubFault Page(HubPart part, bool chunked, int times = 1) => new(part, response =>
    {
        var page = Encoding.UTF8.GetBytes("<html><head><title>Just a moment...</title></head></html>" + new string(' ', 400_000));
        response.ContentType = "text/html; charset=utf-8";
        response.SendChunked = chunked;
        if (!chunked)
        {
            response.ContentLength64 = page.Length;
        }

        response.OutputStream.Write(page);
    }, times);

    /// <summary>A part that was not asked for.</summary>
    internal static HubFault OtherRange(HubPart part, string contentRange, int times = 1) => new(part, response =>
    {
        response.StatusCode = 206;
        response.Headers["Content-Range"] = contentRange;
        response.OutputStream.Write(new byte[300_000]);
    }, times);
}
