namespace Infra.Tests.Node;

/// <summary>
/// A staged node with a fake of what runs on it, under <c>/world</c>: units with the settings that they started with, the rules that are
/// loaded, what nginx and sshd have read. systemctl, nft, ssh-keyscan and openssl's client change it and answer from it, so that a script
/// which compares with its own files is caught. A line of <c>/world/refuse</c> is a call that fails.
/// </summary>
internal sealed class RunningNode : IDisposable
{
    private const string Systemctl = """
        world=$INFERENCE_ROOT/world started=$INFERENCE_ROOT/run/inference/started env=$INFERENCE_ROOT/etc/inference/node.env
        libexec=$INFERENCE_ROOT/usr/local/libexec/inference
        echo "systemctl $*" >> "$INFERENCE_ROOT/called"
        if [[ -s $world/refuse ]]; then while IFS= read -r line; do [[ "systemctl $*" != $line ]] || exit 1; done < "$world/refuse"; fi
        words=() verb=$1
        for word in "${@:2}"; do [[ $word == --* ]] || words+=("$word"); done
        phase_of() { phase=${1#inference-}; phase=${phase%.service} phase=${phase%-container}; phase=${phase%-venv}; }
        start() {
          [[ ! -e $world/units/$1 ]] || return 0
          case $1 in inference-firewall.service) "$libexec/firewall" || return 1 ;; inference-nginx.service) reload "$1" ;; esac
          : > "$world/units/$1"
          phase_of "$1"
          echo "$(< "$env")" > "$started/$phase"
        }
        stop() {
          [[ -e $world/units/$1 ]] || return 0
          phase_of "$1"
          rm -f "$world/units/$1" "$started/$phase"
        }
        reload() {
          case $1 in
            inference-firewall.service) "$libexec/firewall" ;;
            inference-nginx.service)
              grep -E '^(API_|FIREWALL_VPC_CIDR)' "$env" > "$world/nginx.env"
              cat "$INFERENCE_ROOT/etc/inference/secrets/tls.crt" > "$world/nginx.crt" 2> /dev/null || : ;;
            ssh.service) cut -d' ' -f1,2 "$INFERENCE_ROOT"/etc/ssh/ssh_host_*_key.pub > "$world/ssh" ;;
          esac
        }
        [[ -d $started && -d $world/units ]] || mkdir -p "$world/units" "$started"
        case $verb in
          is-active)
            state=inactive status=3
            [[ ! -e $world/units/${words[0]} ]] || state=active status=0
            [[ " $* " == *' --quiet '* ]] || echo "$state"
            exit "$status" ;;
          start)
            if [[ " ${words[*]} " == *' inference.target '* ]]; then
              words=(inference-{firewall,storage,packages,gpu-check,weights,engine-container,vllm-container,ready}.service)
              [[ ! -e $INFERENCE_ROOT/etc/inference/secrets/complete ]] || words+=(inference-nginx.service)
            fi
            for unit in "${words[@]}"; do start "$unit" || exit 1; done ;;
          stop) for unit in "${words[@]}"; do stop "$unit"; done ;;
          restart) for unit in "${words[@]}"; do stop "$unit"; start "$unit" || exit 1; done ;;
          reload | reload-or-restart | try-reload-or-restart | try-restart)
            for unit in "${words[@]}"; do
              if [[ -e $world/units/$unit ]]; then reload "$unit" || exit 1; elif [[ $verb != try-* ]]; then start "$unit" || exit 1; fi
            done ;;
          mask | enable) for unit in "${words[@]}"; do : > "$world/$verb-$unit"; done ;;
          cat) exit 1 ;;
        esac
        """;

    private const string Nft = """
        world=$INFERENCE_ROOT/world
        mkdir -p "$world"
        case $* in
          *list*) cat "$world/rules" 2> /dev/null ;;
          '-f -') [[ ! -e $world/nft-refuses ]] && cat > "$world/rules.new" && mv "$world/rules.new" "$world/rules" ;;
        esac
        """;

    internal const string NginxListen = "../usr/local/libexec/inference/nginx-listen";

    public RunningNode()
    {
        Node = new StagedNode();
        Node.Stub("systemctl", Systemctl);
        Node.Stub("nft", Nft);
        Node.Stub("ss", ":");
        Node.Stub("id", "[[ $2 == vllm ]] && echo 2000");
        Node.Stub("ssh-keyscan", "echo '# 127.0.0.1:22 SSH-2.0-OpenSSH_10.0p2'; sed 's/^/127.0.0.1 /' \"$INFERENCE_ROOT/world/ssh\"");
        Node.Stub("openssl", "case $1 in s_client) cat \"$INFERENCE_ROOT/world/nginx.crt\" ;; *) exec /usr/bin/openssl \"$@\" ;; esac");
        // Its own tests ask a real nginx.
        Node.Stub(NginxListen,
            "cmp -s \"$INFERENCE_ROOT/world/nginx.env\" <(grep -E '^(API_|FIREWALL_VPC_CIDR)' \"$INFERENCE_ROOT/etc/inference/node.env\")");
    }

    public StagedNode Node { get; }

    /// <summary>All of it runs, with the settings that are there.</summary>
    public async Task StartAsync()
    {
        Running("ssh.service");
        await SystemctlAsync("start", "inference.target");
        Assert.True(File.Exists(Node.At("/world/units/inference-vllm-container.service")), Node.Called);
        File.Delete(Node.At("/called"));
    }

    /// <summary>A unit that runs, and nothing more.</summary>
    public void Running(string unit) => Node.Write($"/world/units/{unit}", "");

    /// <summary>Calls of systemctl that fail, as patterns of bash; none: all work.</summary>
    public void Refuse(params string[] calls) => Node.Write("/world/refuse", string.Concat(calls.Select(call => $"{call}\n")));

    /// <summary>Command line of the unit of a phase.</summary>
    public string Started(string phase) => Node.Read($"/run/inference/started/{phase}");

    /// <summary>Settings with some values others.</summary>
    public static string With(string environment, params (string Key, string Value)[] edits) => string.Concat(
        environment.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Key: line.Split('=')[0], Line: line))
            .Select(old => edits.Where(edit => edit.Key == old.Key).Select(edit => $"{edit.Key}={edit.Value}").SingleOrDefault(old.Line)
                + "\n"));

    public async Task SystemctlAsync(params string[] words)
    {
        var environment = new Dictionary<string, string>
        {
            ["INFERENCE_ROOT"] = Node.Root,
            ["PATH"] = $"{Node.At("/stubs")}:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        var result = await Tool.RunAsync(Node.At("/stubs/systemctl"), words, null, environment);
        Assert.True(result.ExitCode == 0, result.All);
    }

    public void Dispose() => Node.Dispose();
}
