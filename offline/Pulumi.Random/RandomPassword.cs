namespace Pulumi.Random;

/// <summary>Resource <c>random:index/randomPassword:RandomPassword</c>.</summary>
public class RandomPassword : CustomResource
{
    public RandomPassword(string name, RandomPasswordArgs args, CustomResourceOptions? options = null)
        : base(
            "random:index/randomPassword:RandomPassword", name, args ?? new RandomPasswordArgs(),
            ProviderDefaults.AddTo(options, "bcryptHash", "result"))
    {
    }

    [Output("result")] public Output<string> Result { get; private set; } = null!;
}

/// <summary>Arguments of <see cref="RandomPassword"/>.</summary>
public sealed class RandomPasswordArgs : ResourceArgs
{
    [Input("length", required: true)] public Input<int> Length { get; set; } = null!;
    [Input("lower")] public Input<bool>? Lower { get; set; }
    [Input("numeric")] public Input<bool>? Numeric { get; set; }
    [Input("special")] public Input<bool>? Special { get; set; }
    [Input("upper")] public Input<bool>? Upper { get; set; }
}
