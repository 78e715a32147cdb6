namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A refusal of the API: its status, its class of error and its words.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="id">Class of the error, as <c>unprocessable_entity</c>.</param>
/// <param name="message">The words for the caller.</param>
internal sealed class ApiError(int status, string id, string message) : Exception(message)
{
    public int Status => status;

    public string Id => id;

    /// <summary>Whether the answer has the older form, with <c>error</c> and <c>root_causes</c>: tags.</summary>
    public bool HasRootCauses { get; private init; }

    /// <summary>When the next attempt may succeed; null: nothing is known.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>What is recorded although the change is refused; null: nothing.</summary>
    public Action<AccountChange>? StillRecords { get; set; }

    /// <summary>400: the request is not understood.</summary>
    public static ApiError BadRequest(string message) => new(400, "bad_request", message);

    /// <summary>400 in the older form.</summary>
    public static ApiError BadRequestWithRootCauses(string message) => new(400, "bad_request", message) { HasRootCauses = true };

    /// <summary>401: the token is not known.</summary>
    public static ApiError Unauthorized() => new(401, "unauthorized", "Unable to authenticate you");

    /// <summary>403: the token has not the scope, or the resource is protected.</summary>
    public static ApiError Forbidden(string message = "You are not authorized to perform this operation") => new(403, "forbidden", message);

    /// <summary>404 in the words that clients compare: doctl 107 and 1106, droplet_kit 94, the provider's import test.</summary>
    public static ApiError NotFound(string message = "The resource you were accessing could not be found.") =>
        new(404, "not_found", message);

    /// <summary>404: there is no such path.</summary>
    public static ApiError NoSuchPath() => NotFound("The resource you requested could not be found.");

    /// <summary>409: the state of the resource forbids it.</summary>
    public static ApiError Conflict(string message) => new(409, "conflict", message);

    /// <summary>412: members are left.</summary>
    public static ApiError PreconditionFailed(string message) => new(412, "precondition_failed", message);

    /// <summary>422: understood, and refused.</summary>
    public static ApiError Unprocessable(string message) => new(422, "unprocessable_entity", message);

    /// <summary>
    /// 429, with the header <c>Retry-After</c> in seconds: docs.digitalocean.com/notes/2023/api-rate-limit (2023-08-24).
    /// </summary>
    public static ApiError TooManyRequests(TimeSpan retryAfter) =>
        new(429, "too_many_requests", "API rate limit exceeded.") { RetryAfter = retryAfter };
}
