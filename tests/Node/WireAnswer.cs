using System.Globalization;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record WireAnswer(int Status, IReadOnlyList<string> Headers, string Body)
{
    internal string? Header(string name) =>
        Headers.FirstOrDefault(header => header.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    internal static async Task<WireAnswer> ReadAsync(Stream stream, bool noBody)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                break;
            }

            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var answer = new WireAnswer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), lines[1..], "");
        var length = noBody ? 0 : int.Parse(answer.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return answer with { Body = Encoding.UTF8.GetString(body) };
    }
}
