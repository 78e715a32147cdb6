namespace Infra.Lab.DigitalOcean.Http;

/// <summary>A method and path of the API: what serves it, and what docs/cloud.md says of it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path as the specification has it: <c>/v2/vpcs/{vpc_id}</c>.</param>
/// <param name="Scope">Scope that the token needs: <c>vpc:read</c>; null: any valid token.</param>
/// <param name="Limits">What it does not do that DigitalOcean does, in a few words; null: nothing is known to be missing.</param>
/// <param name="Handle">Answers a request.</param>
internal sealed record ApiRoute(string Method, string Path, string? Scope, string? Limits, Func<ApiRequest, ApiAnswer> Handle)
{
    /// <summary>Whether it serves a request.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">A path with its values: <c>/v2/vpcs/5a4981aa</c>.</param>
    public bool Serves(string method, string path)
    {
        var (own, asked) = (Path.Split('/'), path.Split('/'));
        return method == Method && own.Length == asked.Length
            && own.Zip(asked).All(part => part.First.StartsWith('{') || part.First == part.Second);
    }
}

/// <summary>An answer: a status and a body, which is JSON.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Serialized as JSON; null: none.</param>
internal sealed record ApiAnswer(int Status, object? Body = null)
{
    public static ApiAnswer NoContent { get; } = new(204);

    public static ApiAnswer Ok(object body) => new(200, body);

    public static ApiAnswer Created(object body) => new(201, body);

    public static ApiAnswer Accepted(object? body = null) => new(202, body);
}
