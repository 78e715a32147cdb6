using System.Runtime.Versioning;

// Droplets run Linux, and so must a machine that tests their files.
[assembly: SupportedOSPlatform("linux")]
