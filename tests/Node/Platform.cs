using System.Runtime.Versioning;

// Droplets are Linux machines, and so is whoever tests their files.
[assembly: SupportedOSPlatform("linux")]
