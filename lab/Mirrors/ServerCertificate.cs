using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Infra.Lab.Mirrors;

/// <summary>The certificate of all host names. Reloaded when its file changes.</summary>
internal sealed class ServerCertificate(string certificateFile, string keyFile)
{
    private readonly Lock _lock = new();
    private DateTime _written;
    private SslStreamCertificateContext? _context;

    public SslStreamCertificateContext Context
    {
        get
        {
            lock (_lock)
            {
                var written = File.GetLastWriteTimeUtc(certificateFile);
                if (_context is null || _written != written)
                {
                    // The leaf certificate is first; the rest is the chain.
                    var chain = new X509Certificate2Collection();
                    chain.ImportFromPemFile(certificateFile);
                    var leaf = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
                    _context = SslStreamCertificateContext.Create(leaf, [.. chain.Skip(1)], offline: true);
                    _written = written;
                }

                return _context;
            }
        }
    }
}
