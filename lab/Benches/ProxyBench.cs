using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Infra.Lab.Host;
using Infra.Lab.Linux;
using Infra.Lab.Stacks;
using Infra.Planning.Catalog;

namespace Infra.Lab.Benches;

/// <summary>
/// The overhead of nginx for streams on a node: alternates the same client on the engine's socket and on TLS over the node's loopback.
/// </summary>
internal static class ProxyBench
{
    private const int Tokens = 64;
    private const string Engine = "/run/inference/engine/vllm.sock";
    private static readonly int[] Streams = [1, 16, 64, 256];

    // Processor time is measured in ticks of USER_HZ.
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<ProxyReport> RunAsync(int seconds, int rounds, Action<string> print, CancellationToken cancel)
    {
        var project = Directory.CreateTempSubdirectory("infra-bench-");
        var parameters = BootParameters.Of(BootParameters.SmallModel, BootParameters.DefaultMegabytesPerSecond, 0, EngineInstall.Container);
        var lab = LabStack.Of(project.FullName, parameters.Configuration($"{BootParameters.Stack}-proxy"));
        try
        {
            var result = await lab.UpAsync(new UpOptions { Print = print }, cancel);
            if (result.Failures.Count > 0)
            {
                throw new DeploymentFailure(result.Failures);
            }

            return await MeasureAsync(lab, seconds, rounds, print, cancel);
        }
        finally
        {
            await lab.DownAsync(print, CancellationToken.None);
            project.Delete(recursive: true);
        }
    }

    private static async Task<ProxyReport> MeasureAsync(LabStack lab, int seconds, int rounds, Action<string> print,
        CancellationToken cancel)
    {
        var node = new MeasuredNode(lab);
        var load = Samples.Load();
        var rate = node.TokensPerSecond;
        var atRate = await RowsAsync("at the engine's rate", TimeSpan.FromSeconds(Tokens / rate));
        await node.ServeAsync(tokensPerSecond: 0, Patience, cancel);
        var saturated = await RowsAsync("saturated", TimeSpan.Zero);
        return new ProxyReport(seconds, rounds, [load, Samples.Load()], rate, atRate, saturated);

        async Task<IReadOnlyList<ProxyRow>> RowsAsync(string what, TimeSpan spread)
        {
            var rows = new List<ProxyRow>();
            foreach (var streams in Streams)
            {
                var (direct, proxied, nginx) = (new List<StreamSample>(), new List<StreamSample>(), 0.0);
                for (var round = 0; round < rounds; round++)
                {
                    direct.Add(await OneAsync(node.DirectAsync, node.DirectRequest));
                    var before = await node.NginxSecondsAsync(cancel);
                    proxied.Add(await OneAsync(node.ProxiedAsync, node.ProxiedRequest));
                    nginx += await node.NginxSecondsAsync(cancel) - before;
                }

                rows.Add(ProxyRow.Of(streams, direct, proxied, nginx));
                print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}, {streams} streams: {rows[^1].Direct.TokensPerSecond:0} tokens/s direct, "
                        + $"{rows[^1].Proxied.TokensPerSecond:0} through nginx, {rows[^1].AddedMs:0.00} ms added, "
                        + $"{rows[^1].NginxMicrosecondsPerToken:0} us of nginx a token"));

                Task<StreamSample> OneAsync(Func<CancellationToken, Task<Stream>> connect, string request) =>
                    StreamLoad.MeasureAsync(connect, request, streams, TimeSpan.FromSeconds(seconds), spread, cancel);
            }

            return rows;
        }
    }

    /// <summary>A lab node with both ways to its engine.</summary>
    private sealed class MeasuredNode
    {
        private readonly LabStack _lab;
        private readonly DeployedNode _node;
        private readonly string _body;
        private readonly string _key;

        public MeasuredNode(LabStack lab)
        {
            _lab = lab;
            _node = lab.Nodes().Single();
            var endpoint = lab.Endpoints().Single();
            _key = File.ReadAllText(new AccessFiles(lab.Folder).ClientKey(endpoint.Name, endpoint.Clients[0])).Trim();
            _body = new JsonObject
            {
                ["model"] = endpoint.Model,
                ["prompt"] = "Hello",
                ["max_tokens"] = Tokens,
                ["ignore_eos"] = true,
                ["stream"] = true,
            }.ToJsonString();
        }

        public double TokensPerSecond => Description()["engine"]!["tokensPerSecond"]!.GetValue<double>();

        public string DirectRequest => Request("");
        public string ProxiedRequest => Request($"Authorization: Bearer {_key}\r\n");

        private string DescriptionFile => _lab.Server(_node).HostPath(MachineDescription.Path);

        public async Task<Stream> DirectAsync(CancellationToken cancel)
        {
            // The socket is on a mount of the server; its first process makes it visible here.
            var leader = _lab.Server(_node).Leader!.Value.ToString(CultureInfo.InvariantCulture);
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint($"/proc/{leader}/root{Engine}"), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }

        public async Task<Stream> ProxiedAsync(CancellationToken cancel)
        {
            var socket = NamespaceSockets.Tcp(_lab.Sandbox.NetworkPath(_node.Id));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 443), cancel);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
#pragma warning disable CA5359 // The benchmark measures the connection, and the server is known by its process.
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
            }, cancel);
            return tls;
        }

        /// <summary>Restarts the engine with another speed, and waits until it answers.</summary>
        public async Task ServeAsync(double tokensPerSecond, TimeSpan patience, CancellationToken cancel)
        {
            var description = Description();
            description["engine"]!["tokensPerSecond"] = tokensPerSecond;
            await File.WriteAllTextAsync(DescriptionFile, description.ToJsonString(), cancel);
            await AskAsync(cancel, "systemctl", "restart", "inference-vllm-container.service");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(patience);
            while (true)
            {
                try
                {
                    await StreamLoad.MeasureAsync(
                        ProxiedAsync, ProxiedRequest, 1, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, limit.Token);
                    return;
                }
                catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException)
                {
                    await Task.Delay(500, limit.Token);
                }
            }
        }

        /// <summary>Processor time of nginx in seconds.</summary>
        public async Task<double> NginxSecondsAsync(CancellationToken cancel)
        {
            var lines = await AskAsync(cancel, "sh", "-c", "for pid in $(pgrep -x nginx); do cat /proc/$pid/stat; done");
            // Fields 14 and 15, after the name in parentheses.
            return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line[(line.LastIndexOf(')') + 2)..].Split(' '))
                .Sum(fields => double.Parse(fields[11], CultureInfo.InvariantCulture)
                    + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }

        private JsonNode Description() => JsonNode.Parse(File.ReadAllText(DescriptionFile))!;

        private async Task<string> AskAsync(CancellationToken cancel, params string[] command)
        {
            var answer = await _lab.Server(_node).AskAsync(command, null, cancel);
            return answer.Status == 0 ? answer.Output : throw new ProgramException(command[0], answer);
        }

        private string Request(string headers) => string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Type: application/json\r\nContent-Length: "
                + $"{Encoding.UTF8.GetByteCount(_body)}\r\n\r\n{_body}");
    }
}
