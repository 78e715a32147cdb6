using System.Runtime.Versioning;

// Servers are brought up on Linux; a preview needs no more than bash around it.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
