namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>FileSystemType</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct FileSystemType : IEquatable<FileSystemType>
{
    private readonly string _value;

    private FileSystemType(string value)
    {
        _value = value;
    }

    public static bool operator ==(FileSystemType left, FileSystemType right) => left.Equals(right);

    public static bool operator !=(FileSystemType left, FileSystemType right) => !left.Equals(right);

    public static explicit operator string(FileSystemType value) => value._value;

    public bool Equals(FileSystemType other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is FileSystemType other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
