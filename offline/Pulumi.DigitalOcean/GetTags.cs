using System.Collections.Immutable;

namespace Pulumi.DigitalOcean
{
    /// <summary>Function <c>digitalocean:index/getTags:getTags</c>.</summary>
    public static class GetTags
    {
        public static Task<GetTagsResult> InvokeAsync(GetTagsArgs? args = null, InvokeOptions? options = null) =>
            Deployment.Instance.InvokeAsync<GetTagsResult>(
                "digitalocean:index/getTags:getTags", args ?? new(), ProviderDefaults.AddTo(options));
    }

    /// <summary>Arguments of <see cref="GetTags"/> that are all there.</summary>
    public sealed class GetTagsArgs : InvokeArgs;

    /// <summary>Output <c>GetTagsResult</c>.</summary>
    [OutputType]
    public sealed class GetTagsResult
    {
        public readonly ImmutableArray<Outputs.GetTagsTagResult> Tags;

        internal GetTagsResult(ImmutableArray<Outputs.GetTagsTagResult> tags)
        {
            Tags = tags;
        }
    }
}

namespace Pulumi.DigitalOcean.Outputs
{
    /// <summary>Output <c>GetTagsTagResult</c>.</summary>
    [OutputType]
    public sealed class GetTagsTagResult
    {
        public readonly string Name;

        internal GetTagsTagResult(string name)
        {
            Name = name;
        }
    }
}
