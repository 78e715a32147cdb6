using System.Runtime.InteropServices;

namespace Infra.Lab.Linux;

/// <summary>Sends signals to processes that are not children.</summary>
internal static partial class Signals
{
    private const int SigKill = 9;

    /// <summary>systemd's signal for powering off: SIGRTMIN+4, where glibc begins at 34.</summary>
    private const int SigPowerOff = 34 + 4;

    /// <summary>The same for a reboot: SIGRTMIN+5.</summary>
    private const int SigReboot = 34 + 5;

    public static void Kill(int pid) => _ = Send(pid, SigKill);

    public static void PowerOff(int pid) => _ = Send(pid, SigPowerOff);

    public static void Reboot(int pid) => _ = Send(pid, SigReboot);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
