using Pulumi;
using Pulumi.Command.Remote;
using Pulumi.Command.Remote.Inputs;
using Pulumi.DigitalOcean;
using Pulumi.Testing;
using Pulumi.Tls;
using Pulumi.Tls.Inputs;

namespace Infra.Benchmarks;

/// <summary>
/// The yardstick: a Pulumi program in a loop, with as many resources of the same kinds as our stack has a node, plain
/// values for inputs, and none of our code.
/// </summary>
internal static class BareProgram
{
    private const int Commands = 5;
    private const int Components = 4;
    private const int Keys = 3;

    public static async Task<int> RunAsync(int nodes)
    {
        var mocks = new CountingMocks();
        await Deployment.TestAsync(
            mocks,
            new TestOptions { ProjectName = "bare", StackName = "many", IsPreview = true },
            () =>
            {
                for (var node = 0; node < nodes; node++)
                {
                    Declare($"node-{node}");
                }
            });
        return mocks.Count;
    }

    private static void Declare(string name)
    {
        var parent = new Plain(name, null);
        for (var index = 1; index < Components; index++)
        {
            _ = new Plain($"{name}-{index}", new() { Parent = parent });
        }

        var keys = Enumerable.Range(0, Keys)
            .Select(index => new PrivateKey($"{name}-{index}", new() { Algorithm = "ED25519" }, new() { Parent = parent })).ToArray();
        var droplet = new Droplet(name, new()
        {
            Name = name,
            Image = "gpu-h100x1-base",
            Region = "tor1",
            Size = "gpu-4000adax1-20gb",
            Tags = { "bare" },
            UserData = keys[0].PublicKeyOpenssh,
        }, new() { Parent = parent });
        var request = new CertRequest(name, new()
        {
            PrivateKeyPem = keys[1].PrivateKeyPem,
            Subject = new CertRequestSubjectArgs { CommonName = name },
            IpAddresses = { droplet.Ipv4AddressPrivate },
        }, new() { Parent = parent });
        _ = new LocallySignedCert(name, new()
        {
            CaCertPem = "certificate",
            CaPrivateKeyPem = keys[2].PrivateKeyPem,
            CertRequestPem = request.CertRequestPem,
            AllowedUses = { "server_auth" },
            ValidityPeriodHours = 24,
        }, new() { Parent = parent });
        for (var index = 0; index < Commands; index++)
        {
            _ = new Command($"{name}-{index}", new()
            {
                Connection = new ConnectionArgs { Host = droplet.Ipv4Address, User = "ops", PrivateKey = keys[0].PrivateKeyOpenssh },
                Create = "true",
                Stdin = keys[1].PrivateKeyPem,
            }, new() { Parent = parent });
        }
    }

    private sealed class Plain(string name, ComponentResourceOptions? options) : ComponentResource("bare:index:Plain", name, options);

    private sealed class CountingMocks : IMocks
    {
        private int _count;

        public int Count => _count;

        public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
        {
            Interlocked.Increment(ref _count);
            return Task.FromResult<(string?, object)>((null, args.Inputs));
        }

        public Task<object> CallAsync(MockCallArgs args) => throw new InvalidOperationException(args.Token);
    }
}
