using System.Runtime.Versioning;

// Servers are brought up on Linux; the tests of what needs none run on macOS too.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
