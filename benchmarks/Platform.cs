using System.Runtime.Versioning;

// As the laboratory, which it measures.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
