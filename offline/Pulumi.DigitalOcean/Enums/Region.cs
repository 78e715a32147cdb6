namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>Region</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct Region : IEquatable<Region>
{
    private readonly string _value;

    private Region(string value)
    {
        _value = value;
    }

    public static Region NYC2 { get; } = new("nyc2");

    public static Region TOR1 { get; } = new("tor1");

    public static bool operator ==(Region left, Region right) => left.Equals(right);

    public static bool operator !=(Region left, Region right) => !left.Equals(right);

    public static explicit operator string(Region value) => value._value;

    public bool Equals(Region other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Region other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
