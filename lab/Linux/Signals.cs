using System.Runtime.InteropServices;

namespace Infra.Lab.Linux;

/// <summary>Signals to processes that are not this one's children.</summary>
internal static partial class Signals
{
    private const int SigKill = 9;

    /// <summary>systemd's wish to power off: SIGRTMIN+4, where glibc begins at 34.</summary>
    private const int SigPowerOff = 34 + 4;

    public static void Kill(int pid) => _ = Send(pid, SigKill);

    public static void PowerOff(int pid) => _ = Send(pid, SigPowerOff);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
