using System.Globalization;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Infra.Lab.DigitalOcean.Http;

/// <summary>
/// The HTTP front of the account: it knows tokens, paths and JSON, and no rule of a resource.
/// </summary>
internal sealed class ApiServer(ApiGate gate, IReadOnlyList<ApiRoute> routes)
{
    /// <summary>Largest body of a request: user data of 64 KiB, and what is around it.</summary>
    private const int LargestBody = 1 << 20;

    /// <summary>Adds the routes to a web application.</summary>
    public void Map(IEndpointRouteBuilder application)
    {
        foreach (var route in routes)
        {
            // "This returns only the header of what would be returned with an associated GET request" (specification 2.0, introduction).
            application.MapMethods(
                route.Path, route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method],
                context => AnswerAsync(context, route));
        }
        // With a pattern: the usual one leaves out paths with a dot, such as the name of a domain.
        application.MapFallback("{**path}", context => AnswerAsync(context, null));
    }

    private async Task AnswerAsync(HttpContext context, ApiRoute? route)
    {
        var id = Guid.NewGuid().ToString();
        context.Response.Headers["x-request-id"] = id;
        ApiAnswer answer;
        try
        {
            if (OtherOrigins.IsPreflight(context))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
            gate.Admit(context, route);
            if (route is null)
            {
                throw ApiError.NoSuchPath();
            }
            answer = route.Handle(new ApiRequest(context, await ReadAsync(context.Request, context.RequestAborted)));
        }
        catch (ApiError error)
        {
            if (error.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            }
            answer = new(error.Status, error.HasRootCauses
                ? new { Error = error.Message, Messages = (object?)null, RootCauses = new[] { error.Message } }
                : new { error.Id, error.Message, RequestId = id });
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException or IOException))
        {
            // A mistake of ours: the caller gets JSON, as clients expect, and the log all of it.
            Console.Error.WriteLine($"{context.Request.Method} {context.Request.Path}: {exception}");
            answer = new(500, new { Id = "server_error", Message = $"internal error: {exception.Message}", RequestId = id });
        }
        if (gate.CutsOff(context))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = answer.Status;
        if (answer.Body is not null)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(answer.Body, answer.Body.GetType(), AccountJson.Options);
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = json.Length;
            await context.Response.Body.WriteAsync(json, context.RequestAborted);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        // One with a length need not be read for that; the web server would refuse a larger one in its own words.
        if (request.ContentLength > LargestBody)
        {
            throw TooLarge();
        }
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancel)) > 0;)
        {
            if (buffer.Length + read > LargestBody)
            {
                throw TooLarge();
            }
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }

    private static ApiError TooLarge() => new(413, "request_entity_too_large", "the request is too large");
}
