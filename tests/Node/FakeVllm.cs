using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Infra.Tests.Deployments;

namespace Infra.Tests.Node;

/// <summary>A model's folder and a machine's file, and the lab's fake engine run over them. The socket is the only door.</summary>
internal sealed class FakeVllm : IDisposable
{
    private const string Machine =
        """{"vendor":"nvidia","name":"x","count":2,"memoryMiB":20475,"torchGiB":19.6,"engine":{"weightsGiB":4.5,"kvGiB":12.4,"kvTokens":124944,"loadSeconds":0,"compileSeconds":0}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private Process? _process;

    public FakeVllm()
    {
        Root = Directory.CreateTempSubdirectory("engine-").FullName;
        Directory.CreateDirectory(Model);
        File.WriteAllText(Path.Combine(Model, "params.json"),
            """{"dim":3072,"n_layers":26,"n_heads":32,"n_kv_heads":8,"head_dim":128,"vocab_size":131072,"max_position_embeddings":262144,"vision_encoder":{}}""");
        File.WriteAllText(Path.Combine(Model, "tekken.json"), "{}");
        Weights("consolidated.safetensors", Header, new byte[32]);
        File.WriteAllText(Path.Combine(Root, "gpu.json"), Machine);
    }

    public static string Package => Path.Combine(StackFiles.Root, "lab", "Vllm");

    public const string Header = """{"a":{"dtype":"BF16","shape":[4,4],"data_offsets":[0,32]}}""";

    public string Root { get; }

    public string Model => Path.Combine(Root, "model");

    /// <summary>The served model: the folder, unless a test names a repository.</summary>
    public string Served { get; init; } = "";

    public string Socket => Path.Combine(Root, "vllm.sock");

    /// <summary>The output up to the line of the running server.</summary>
    public string Log { get; private set; } = "";

    public HttpClient Client { get; private set; } = null!;

    /// <summary>A safetensors file: the header's length, the header, the data.</summary>
    public void Weights(string name, string header, byte[] data, ulong? length = null)
    {
        var text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Path.Combine(Model, name), [.. BitConverter.GetBytes(length ?? (ulong)text.Length), .. text, .. data]);
    }

    /// <summary>One whose model pools: a folder as transformers saves it, with this architecture.</summary>
    public static Task<FakeVllm> PoolingAsync(string architecture, params string[] arguments)
    {
        var engine = new FakeVllm();
        File.WriteAllText(Path.Combine(engine.Model, "config.json"),
            $$"""{"architectures":["{{architecture}}"],"hidden_size":64,"num_hidden_layers":4,"num_attention_heads":8,"num_key_value_heads":8,"head_dim":8,"vocab_size":131072,"max_position_embeddings":32768}""");
        File.WriteAllText(Path.Combine(engine.Model, "tokenizer.json"), "{}");
        engine.Weights("model.safetensors", Header, new byte[32]);
        return engine.StartAsync(
            null, ["--config-format", "hf", "--tokenizer-mode", "hf", "--load-format", "auto", "--runner", "pooling",
                "--max-num-batched-tokens", "32768", .. arguments]);
    }

    public void MachineReports(string json) => File.WriteAllText(Path.Combine(Root, "gpu.json"), json);

    /// <summary>Runs it until it exits: for starts that fail, and for commands that only print.</summary>
    public Task<ToolResult> RunAsync(params string[] arguments) =>
        Tool.RunAsync("python3", ["-m", "vllm.entrypoints.cli.main", .. arguments], null, Environment());

    /// <summary><c>vllm serve</c> over the model's folder, with these arguments after the ones that every test needs.</summary>
    public Task<ToolResult> ServeAsync(params string[] arguments) => RunAsync([.. Serve, .. arguments]);

    public async Task<FakeVllm> StartAsync(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var values = Environment();
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            values[name] = value;
        }

        _process = Tool.Start("python3", ["-m", "vllm.entrypoints.cli.main", .. Serve, .. arguments], values);
        using var limit = new CancellationTokenSource(Patience);
        var log = new StringBuilder();
        do
        {
            var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
            Assert.True(line is not null, $"{log}{(line is null ? await _process.StandardError.ReadToEndAsync(limit.Token) : "")}");
            log.AppendLine(line);
        }
        while (!log.ToString().EndsWith("Application startup complete.\n", StringComparison.Ordinal));

        Log = log.ToString();
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://engine"), Timeout = Patience };
        return this;
    }

    /// <summary>The status and the body of one request; a body makes it a POST.</summary>
    public async Task<(int Status, string Body)> AskAsync(string path, string? body = null, string? method = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method ?? (body is null ? "GET" : "POST")), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A connection of its own, to which these bytes were sent.</summary>
    public async Task<NetworkStream> ConnectAsync(byte[] request)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), TestContext.Current.CancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        return stream;
    }

    /// <summary>The answer to these bytes, until the engine closes the connection.</summary>
    public async Task<string> SendAsync(byte[] request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        await using var stream = await ConnectAsync(request);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(limit.Token);
    }

    /// <summary>Memory that it has in use, in KiB.</summary>
    public long Resident => long.Parse(
        File.ReadAllLines($"/proc/{_process!.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);

    /// <summary>Ends it as systemd would, and gives its status with what it still printed.</summary>
    public async Task<ToolResult> StopAsync()
    {
        await Tool.RunAsync("kill", "-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture));
        var (status, rest) = await EndAsync();
        return new ToolResult(status, rest, "");
    }

    /// <summary>Waits for it to end by itself: its status and what it still printed.</summary>
    public async Task<(int Status, string Output)> EndAsync()
    {
        var rest = await _process!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, rest);
    }

    public void Dispose()
    {
        Client?.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
        }

        _process?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    private string[] Serve =>
        ["serve", Served.Length > 0 ? Served : Model, "--served-model-name", "m", "--load-format", "mistral", "--max-model-len", "32768",
            "--uds", Socket];

    private Dictionary<string, string> Environment() => new()
    {
        ["PYTHONPATH"] = Package,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["PYTHONWARNINGS"] = "error",
        ["LAB_MACHINE"] = Path.Combine(Root, "gpu.json"),
        ["VLLM_CACHE_ROOT"] = Path.Combine(Root, "cache"),
    };
}
