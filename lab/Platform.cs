using System.Runtime.Versioning;

// Servers are brought up on Linux; a preview and a plan run wherever .NET does.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
