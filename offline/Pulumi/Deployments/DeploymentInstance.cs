namespace Pulumi;

/// <summary>The deployment that runs.</summary>
public sealed class DeploymentInstance
{
    private readonly Deployment _deployment;

    internal DeploymentInstance(Deployment deployment)
    {
        _deployment = deployment;
    }

    public string StackName => _deployment.StackName;

    public string ProjectName => _deployment.ProjectName;

    public string OrganizationName => _deployment.OrganizationName;

    public bool IsDryRun => _deployment.IsDryRun;

    /// <summary>Calls a provider's function once its arguments are known; in a preview the result may be unknown.</summary>
    public Output<T> Invoke<T>(string token, InvokeArgs args, InvokeOptions? options = null) =>
        new(_deployment.InvokeAsync<T>(token, args, options));

    public Output<T> Invoke<T>(string token, InvokeArgs args, InvokeOutputOptions options) =>
        new(_deployment.InvokeAsync<T>(token, args, options));

    /// <summary>Calls a provider's function with arguments that are all there.</summary>
    public async Task<T> InvokeAsync<T>(string token, InvokeArgs args, InvokeOptions? options = null) =>
        (await _deployment.InvokeAsync<T>(token, args, options).ConfigureAwait(false)).Value;

    internal Deployment Deployment => _deployment;
}
