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

    public static Region NYC1 { get; } = new("nyc1");

    public static Region NYC2 { get; } = new("nyc2");

    public static Region NYC3 { get; } = new("nyc3");

    public static Region SGP1 { get; } = new("sgp1");

    public static Region LON1 { get; } = new("lon1");

    public static Region AMS2 { get; } = new("ams2");

    public static Region AMS3 { get; } = new("ams3");

    public static Region FRA1 { get; } = new("fra1");

    public static Region TOR1 { get; } = new("tor1");

    public static Region SFO1 { get; } = new("sfo1");

    public static Region SFO2 { get; } = new("sfo2");

    public static Region SFO3 { get; } = new("sfo3");

    public static Region BLR1 { get; } = new("blr1");

    public static Region SYD1 { get; } = new("syd1");

    public static bool operator ==(Region left, Region right) => left.Equals(right);

    public static bool operator !=(Region left, Region right) => !left.Equals(right);

    public static explicit operator string(Region value) => value._value;

    public bool Equals(Region other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Region other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
