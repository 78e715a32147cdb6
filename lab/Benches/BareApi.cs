using System.Net;
using Infra.Lab.DigitalOcean.Account;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Infra.Lab.Benches;

/// <summary>
/// What no API in this process can be faster than: the same web server, which sends bytes that it has, and writes records that it has.
/// </summary>
internal sealed class BareApi : IAsyncDisposable
{
    private readonly WebApplication _application;

    private BareApi(WebApplication application) => _application = application;

    public Uri Address => new(
        _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="store">Where it writes.</param>
    /// <param name="state">A state that has the records.</param>
    /// <param name="written">What each POST writes.</param>
    /// <param name="answers">Answers by path and query; a POST gets the one of its path.</param>
    public static async Task<BareApi> StartAsync(
        AccountStore store, AccountState state, IReadOnlyCollection<IRecord> written, IReadOnlyDictionary<string, byte[]> answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var writing = new Lock();
        application.Run(async context =>
        {
            var isPost = HttpMethods.IsPost(context.Request.Method);
            if (isPost)
            {
                lock (writing)
                {
                    store.Write(state, written, []);
                }
            }
            var answer = answers[$"{context.Request.Path}{context.Request.QueryString}"];
            context.Response.StatusCode = isPost ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        });
        await application.StartAsync();
        return new(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
