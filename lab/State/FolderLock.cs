using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Infra.Planning.Reading;
using Microsoft.Win32.SafeHandles;

namespace Infra.Lab.State;

/// <summary>A lock that the kernel releases when its holder dies.</summary>
internal sealed partial class FolderLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NotBlocking = 4;
    private const int WouldBlock = 11;
    private const int Interrupted = 4;

    /// <summary>
    /// <c>O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW</c> (the last one depends on the architecture) and the mode of a new file: a link could
    /// lead to any file.
    /// </summary>
    private static readonly int s_flags =
        0x2 | 0x40 | 0x80000 | (RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000);
    private const int OwnerOnly = 0x180;

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly SafeFileHandle _file;

    private FolderLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or waits for it.</summary>
    /// <param name="path">The lock file. Its holder may delete it.</param>
    /// <param name="waiting">Called once if it has to wait, with the process id of the holder.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<FolderLock> TakeAsync(string path, Action<string> waiting, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var reported = false;
        while (true)
        {
            var file = Open(path);
            try
            {
                while (Flock(file, Exclusive | NotBlocking) != 0)
                {
                    if (Marshal.GetLastPInvokeError() is var error and not (WouldBlock or Interrupted))
                    {
                        throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
                    }

                    if (!reported)
                    {
                        waiting(Text(file));
                        reported = true;
                    }

                    await Task.Delay(BetweenTries, cancel);
                }

                RandomAccess.SetLength(file, 0);
                RandomAccess.Write(file, Encoding.ASCII.GetBytes(self), 0);
                // If the previous holder deleted the file, this would lock an invisible file.
                using var seen = Open(path);
                if (Text(seen) == self)
                {
                    return new FolderLock(file);
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }

            file.Dispose();
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Opens it without .NET's own lock, which fails if another process holds one.</summary>
    private static SafeFileHandle Open(string path)
    {
        if (FileKind.IsRegular(path) == false)
        {
            // Our lock files are never folders, links, pipes or devices.
            StateFile.Remove(path);
        }

        var descriptor = Open(path, s_flags, OwnerOnly);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static string Text(SafeFileHandle file)
    {
        var bytes = new byte[32];
        return Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0)).Trim();
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle handle, int operation);
}
