namespace Infra.Lab.DigitalOcean.Account;

/// <summary>Something that the account stores: immutable; a change is a new record with the same key.</summary>
internal interface IRecord
{
    /// <summary>Unique within its type.</summary>
    public string Key { get; }
}
