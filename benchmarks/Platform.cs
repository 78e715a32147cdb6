using System.Runtime.Versioning;

// Where benchmarks/run, which compares, is a script that runs.
[assembly: SupportedOSPlatform("linux")]
[assembly: SupportedOSPlatform("macos")]
