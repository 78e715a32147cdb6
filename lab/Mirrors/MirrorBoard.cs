using Infra.Lab.State;

namespace Infra.Lab.Mirrors;

/// <summary>The states of all mirrors, synchronized with the control file.</summary>
internal sealed class MirrorBoard : IDisposable
{
    // The file has a few hundred bytes: reading it is cheaper than relying on change notifications.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _file;
    private readonly Action<string> _complain;
    private readonly Lock _lock = new();
    private readonly Dictionary<MirrorKind, MirrorState> _states;
    private string _text = "";

    public MirrorBoard(string controlFile, TimeProvider clock, Action<string> complain)
    {
        _complain = complain;
        _file = controlFile;
        _states = Enum.GetValues<MirrorKind>().ToDictionary(kind => kind, kind => new MirrorState(kind, clock));
        Refresh();
    }

    public MirrorState this[MirrorKind kind] => _states[kind];

    /// <summary>Reads the file if it changed. Reports an invalid file and keeps the previous settings.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            string text;
            try
            {
                text = StateFile.ReadText(_file) ?? "{}";
            }
            catch (StateFileException error)
            {
                if (_text != error.Message)
                {
                    _text = error.Message;
                    _complain($"{error.Message}; the mirrors keep their settings");
                }

                return;
            }
            catch (IOException)
            {
                return;
            }

            if (text == _text)
            {
                return;
            }

            _text = text;
            try
            {
                var control = MirrorControl.Parse(text);
                foreach (var state in _states.Values)
                {
                    state.Apply(control[state.Kind]);
                }
            }
            catch (InvalidDataException error)
            {
                _complain($"{_file}: {error.Message}; the mirrors keep their settings");
            }
        }
    }

    /// <summary>Synchronizes the states until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                Refresh();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    public void Dispose()
    {
        foreach (var state in _states.Values)
        {
            state.Dispose();
        }
    }
}
