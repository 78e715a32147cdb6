using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Infra.Cli.Project;

/// <summary>
/// The tokens of a YAML file. YamlDotNet's parser accepts some orders that the CLI's parser (yaml.v3, parserc.go) refuses, and takes
/// keys for values from there on: a value without a key, and two values without a comma between them. This scanner refuses them first.
/// </summary>
internal sealed class YamlTokens(TextReader input) : IScanner
{
    private readonly Scanner _scanner = new(input);

    /// <summary>Open collections; of each whether it has a key without its value.</summary>
    private readonly Stack<(bool IsFlow, bool HasKey)> _open = new();
    private Token? _checked;
    private bool _afterNode;

    public Mark CurrentPosition => _scanner.CurrentPosition;

    public Token? Current => _scanner.Current;

    public bool MoveNext() => _scanner.MoveNext() && Check();

    public bool MoveNextWithoutConsuming() => _scanner.MoveNextWithoutConsuming() && Check();

    public void ConsumeCurrent() => _scanner.ConsumeCurrent();

    private bool Check()
    {
        if (Current is not { } token || ReferenceEquals(token, _checked) || token is Comment)
        {
            return true;
        }
        _checked = token;
        if (_afterNode && _open.TryPeek(out var at) && at.IsFlow
            && token is Scalar or AnchorAlias or Anchor or Tag or FlowMappingStart or FlowSequenceStart or Key)
        {
            throw new YamlFault(token.Start.Line, $"column {token.Start.Column}: there is no ',' between two values");
        }
        _afterNode = token is Scalar or AnchorAlias or FlowMappingEnd or FlowSequenceEnd;
        switch (token)
        {
            case BlockMappingStart or BlockSequenceStart:
                _open.Push((false, false));
                break;
            case FlowMappingStart or FlowSequenceStart:
                _open.Push((true, false));
                break;
            case BlockEnd or FlowMappingEnd or FlowSequenceEnd:
                _open.TryPop(out _);
                break;
            case Key when _open.TryPop(out var map):
                _open.Push(map with { HasKey = true });
                break;
            case Value when _open.TryPop(out var map):
                _open.Push(map.HasKey ? map with { HasKey = false }
                    : throw new YamlFault(token.Start.Line, $"column {token.Start.Column}: there is no key before ':'"));
                break;
        }
        return true;
    }
}
