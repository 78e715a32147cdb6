using System.Runtime.InteropServices;

namespace Infra.Planning.Reading;

/// <summary>The type of a path: opening a pipe may block forever, and a device has no end.</summary>
public static partial class FileKind
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeWanted = 1; // STATX_TYPE
    private const int SizeOfAnswer = 256;
    private const int PlaceOfMode = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int NoEntry = 2; // ENOENT
    private const int NoFolder = 20; // ENOTDIR

    /// <summary>Whether it is a regular file; null: it does not exist.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether a link is what it leads to. Default: it is no regular file.</param>
    /// <exception cref="IOException">
    /// The system reports an error: a failing disk, a path that is too long, a folder without access.
    /// </exception>
    public static bool? IsRegular(string path, bool follow = false)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? follow || new FileInfo(path).LinkTarget is null : Directory.Exists(path) ? false : null;
        }

        var answer = new byte[SizeOfAnswer];
        if (Statx(CurrentFolder, path, follow ? 0 : NoFollow, TypeWanted, answer) == 0)
        {
            return (BitConverter.ToUInt16(answer, PlaceOfMode) & TypeMask) == Regular;
        }

        return Marshal.GetLastPInvokeError() is var error and not (NoEntry or NoFolder)
            ? throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}")
            : null;
    }

    // statx(2), whose result has the same layout on all architectures.
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] answer);
}
