using System.Runtime.Versioning;

// Servers need Linux; tests of other parts also run on macOS.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
