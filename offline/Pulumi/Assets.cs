namespace Pulumi;

/// <summary>A file for a provider.</summary>
public abstract class AssetOrArchive
{
    private protected AssetOrArchive(object value)
    {
        Value = value;
    }

    internal object Value { get; }
}

/// <summary>A single file.</summary>
public abstract class Asset : AssetOrArchive
{
    private protected Asset(object value)
        : base(value)
    {
    }
}

/// <summary>A file with the given text.</summary>
public sealed class StringAsset(string text) : Asset(text);

/// <summary>A file of the machine that runs the program.</summary>
public sealed class FileAsset(string path) : Asset(path);
