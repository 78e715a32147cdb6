using System.Diagnostics;

namespace Infra.Tests.Node;

/// <summary>
/// The journal's socket for log lines. It queues as many as systemd lets it (512, the kernel's own default is 10), which only a network
/// namespace can have for itself: what does not fit is lost, as on a node.
/// </summary>
internal sealed class JournalSocket : IDisposable
{
    private const string Receive = """
        import socket, sys
        open("/proc/sys/net/unix/max_dgram_qlen", "w").write("512")
        journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        journal.bind(sys.argv[1])
        print("listening", flush=True)
        while True:
            sys.stdout.buffer.write(journal.recv(65536).replace(b"\n", b" ") + b"\n")
            sys.stdout.buffer.flush()
        """;

    private readonly List<string> _lines = [];
    private readonly Process _receiver;

    private JournalSocket(Process receiver) => _receiver = receiver;

    /// <summary>Every line that came.</summary>
    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    internal static async Task<JournalSocket> ListenAsync(string path)
    {
        var receiver = Tool.Start("unshare", [.. Tool.OwnNamespace("--net", "python3", "-c", Receive, path)]);
        if (await receiver.StandardOutput.ReadLineAsync() != "listening")
        {
            Assert.Fail($"no socket for log lines: {await receiver.StandardError.ReadToEndAsync()}");
        }

        var journal = new JournalSocket(receiver);
        _ = Task.Run(journal.CollectAsync);
        return journal;
    }

    /// <summary>The line that has the request's id, once it is there.</summary>
    internal async Task<string> LineAsync(string id)
    {
        for (var i = 0; i < 400; i++)
        {
            if (Lines.FirstOrDefault(line => line.Contains(id, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await Task.Delay(25);
        }

        throw new TimeoutException($"no log line has the id {id}");
    }

    public void Dispose()
    {
        _receiver.Kill(entireProcessTree: true);
        _receiver.Dispose();
    }

    private async Task CollectAsync()
    {
        while (await _receiver.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }
    }
}
