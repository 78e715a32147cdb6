using System.Collections.Immutable;
using System.Security.Cryptography;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Passwords of pulumi-random: made once, kept in the state.</summary>
internal sealed class RandomPasswords : ResourceKind
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Numeric = "0123456789";
    private const string Special = "!@#$%&*()-_=+[]{}<>:?";

    public override string Type => Types.RandomPassword;

    public override bool IsPure => true;

    public override IReadOnlySet<string> SecretOutputs { get; } = ImmutableHashSet.Create("result", "bcryptHash");

    public override bool ReplacedBy(string input) => true;

    protected override object? Default(string input) => input switch
    {
        "lower" or "number" or "numeric" or "special" or "upper" => true,
        "minLower" or "minNumeric" or "minSpecial" or "minUpper" => 0.0,
        _ => null,
    };

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        var least = inputs.Number("minLower") + inputs.Number("minUpper") + inputs.Number("minNumeric") + inputs.Number("minSpecial");
        var checks = InputChecks.Of(after);
        checks.LeastValue("length", 1);
        checks.LeastValue("length", least, "sum of min_upper + min_lower + min_numeric + min_special");
        if (Alphabets(inputs).Sum(alphabet => alphabet.Letters.Length) == 0)
        {
            throw checks.Refused("Invalid Attribute Combination. At least one attribute out of [special,upper,lower,numeric] must be "
                + "specified as true", "numeric");
        }
    }

    public override CloudResource Reserve(CloudResource resource) => resource with { Id = "none" };

    public override Task<CloudResource> CreateAsync(CloudResource resource)
    {
        var alphabets = Alphabets(resource.Inputs);
        var all = string.Concat(alphabets.Select(alphabet => alphabet.Letters));
        var letters = alphabets.SelectMany(alphabet => Some(alphabet.Letters, alphabet.Least)).ToList();
        letters.AddRange(Some(all, resource.Inputs.Number("length") - letters.Count));
        var result = letters.ToArray();
        RandomNumberGenerator.Shuffle<char>(result);
        return Task.FromResult(resource.With("result", new string(result)));
    }

    private static char[] Some(string letters, int count) =>
        count <= 0 || letters.Length == 0 ? [] : RandomNumberGenerator.GetItems<char>(letters, count);

    private static (string Letters, int Least)[] Alphabets(PropertyMap inputs) =>
    [
        (inputs.Flag("lower", true) ? Lower : "", inputs.Number("minLower")),
        (inputs.Flag("upper", true) ? Upper : "", inputs.Number("minUpper")),
        (inputs.Flag("numeric", inputs.Flag("number", true)) ? Numeric : "", inputs.Number("minNumeric")),
        (inputs.Flag("special", true) ? inputs.TextOrNull("overrideSpecial") ?? Special : "", inputs.Number("minSpecial")),
    ];
}
