namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>DropletSlug</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct DropletSlug : IEquatable<DropletSlug>
{
    private readonly string _value;

    private DropletSlug(string value)
    {
        _value = value;
    }

    public static bool operator ==(DropletSlug left, DropletSlug right) => left.Equals(right);

    public static bool operator !=(DropletSlug left, DropletSlug right) => !left.Equals(right);

    public static explicit operator string(DropletSlug value) => value._value;

    public bool Equals(DropletSlug other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is DropletSlug other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
