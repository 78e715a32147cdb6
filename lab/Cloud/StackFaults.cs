using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Stacks;
using Infra.Planning.Catalog;

namespace Infra.Lab.Cloud;

/// <summary>The faults of a stack's own account, which <c>./infra up</c> meets. It is one of a file, not of a running API.</summary>
internal static class StackFaults
{
    /// <summary>The faults, after a change if there is one.</summary>
    /// <param name="lab">The lab of the stack, running or not, or not yet made.</param>
    /// <param name="asked">The change; null: none.</param>
    /// <exception cref="Infra.Planning.Errors.ConfigurationException">Another command changes the lab.</exception>
    public static IReadOnlyList<string> Change(LabStack lab, FaultChange? asked)
    {
        if (asked is null)
        {
            return Lines(CloudState.Peek(lab.Folder.Cloud) ?? AccountState.Empty);
        }

        lab.Folder.Create();
        using var state = Open(lab);
        state.Account.Change(asked.Apply);
        return Lines(state.Account.State);
    }

    private static CloudState Open(LabStack lab)
    {
        try
        {
            return CloudState.Open(lab.Folder.Cloud, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        }
        catch (IOException exception)
        {
            throw LabUserError.Of("stack", lab.Stack, exception.Message, $"./infra cloud faults --stack {lab.Stack}");
        }
    }

    private static IReadOnlyList<string> Lines(AccountState state) => [.. state.All<Fault>().Select(fault => fault.ToString())];
}
