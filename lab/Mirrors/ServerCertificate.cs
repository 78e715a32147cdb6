using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Infra.Lab.Mirrors;

/// <summary>The certificate of all host names. Read again when its file changes, so that a new one needs no restart.</summary>
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
                    // The leaf comes first in the file; what follows is sent along.
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
