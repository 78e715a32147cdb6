namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>RecordType</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct RecordType : IEquatable<RecordType>
{
    private readonly string _value;

    private RecordType(string value)
    {
        _value = value;
    }

    public static bool operator ==(RecordType left, RecordType right) => left.Equals(right);

    public static bool operator !=(RecordType left, RecordType right) => !left.Equals(right);

    public static explicit operator string(RecordType value) => value._value;

    public bool Equals(RecordType other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is RecordType other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
