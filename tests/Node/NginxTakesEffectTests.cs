namespace Infra.Tests.Node;

/// <summary>
/// <c>store-secrets</c> and <c>apply-settings</c> with an nginx that runs, in namespaces of its own: what it serves and has loaded counts.
/// A script in systemd's place reloads it like its unit, refuses to, or reports a reload that did not happen.
/// </summary>
public sealed class NginxTakesEffectTests
{
    private const string Systemctl = """
        case "$*" in
          'is-active inference-nginx.service') [[ -e $INFERENCE_ROOT/up ]] && echo active ;;
          *reload*inference-nginx.service)
            case $(cat "$INFERENCE_ROOT/reload") in
              refused) exit 1 ;;
              done) "$INFERENCE_ROOT/scene" reload ;;
            esac ;;
          is-active*) exit 3 ;;
        esac
        """;

    private const string Scene = """
        #!/bin/bash
        set -euo pipefail
        scripts=$INFERENCE_ROOT/usr/local/libexec/inference nginx=(nginx -e stderr -c /etc/inference/nginx/nginx.conf -g 'user root;')
        listen() { RUNTIME_DIRECTORY=/run/inference-nginx "$scripts/nginx-listen" "$@"; }
        while IFS= read -r line; do export "${line?}"; done < "$INFERENCE_ROOT/etc/inference/node.env"
        if [[ ${1:-} == reload ]]; then listen && "${nginx[@]}" -q -t && exec kill -HUP "$(cat /run/inference-nginx/nginx.pid)"; fi
        ip link set lo up && ip address add 10.20.0.5/32 dev lo
        cd "$INFERENCE_ROOT"
        mkdir -p run/inference/engine run/inference-nginx all/inference
        cp -rL /etc/passwd /etc/group /etc/ssl /etc/nsswitch.conf all/ 2> /dev/null || true
        mount --bind all /etc && mount --bind etc/inference /etc/inference && mount --bind run /run
        "$scripts/store-secrets" < one > /dev/null
        listen
        "${nginx[@]}" & trap "kill $!" EXIT
        until listen check 2> /dev/null; do /bin/sleep 0.05; done
        touch up
        subject() { openssl s_client -connect 127.0.0.1:443 < /dev/null 2> /dev/null | openssl x509 -noout -subject; }
        origin() { curl -sk -o /dev/null -D - -X OPTIONS -H 'Origin: https://app.example' https://10.20.0.5/v1/models | grep -ci allow-origin || true; }
        run() { echo "$1, $2: $(echo "$1" > reload; "$scripts/$2" < "$3" 2>&1 | grep -E '^(error|stored|changed|nothing)' | cut -c 1-50)"; }
        echo "served: $(subject), pages: $(origin)"
        for reload in refused lost done; do run "$reload" store-secrets two; done
        run refused store-secrets two
        echo "served: $(subject)"
        for reload in refused lost done; do run "$reload" apply-settings settings; done
        run refused apply-settings settings
        echo "pages: $(origin)"
        """;

    [Fact]
    public async Task What_nginx_serves_counts_and_not_what_lies_in_its_files()
    {
        using var node = new StagedNode();
        node.Stub("systemctl", Systemctl);
        node.Stub("sleep", "exec /bin/sleep 0.2");
        node.Stub("nft", "cat > /dev/null");
        node.Write("/scene", Scene, (UnixFileMode)Convert.ToInt32("755", 8));
        node.Write("/one", SecretsTests.Secrets(node, name: "one"));
        node.Write("/two", SecretsTests.Secrets(node, name: "two"));
        node.Write("/settings", RunningNode.With(
            node.Read(Infra.Node.NodeEnvironment.Path), ("API_CORS_ORIGINS", "https://app.example")));
        Assert.Equal(0, (await node.RunAsync("firewall")).ExitCode);
        var result = await node.RunAsync(
            "apply-settings", _ => ["unshare", .. Tool.OwnNamespace("--net", "--pid", "--fork", "--kill-child"), node.At("/scene")]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(
            """
            served: subject=CN = one, pages: 0
            refused, store-secrets: error: the certificate: not applied, 'systemctl re
            lost, store-secrets: error: the certificate: 'systemctl reload inferenc
            done, store-secrets: stored: TLS key and certificate, 2 clients, no Hug
            refused, store-secrets: stored: TLS key and certificate, 2 clients, no Hug
            served: subject=CN = two
            refused, apply-settings: error: nginx's settings: not applied, 'systemctl t
            lost, apply-settings: error: nginx's settings: 'systemctl try-reload-or-
            done, apply-settings: nothing changed; applied what had not taken effect
            refused, apply-settings: nothing changed
            pages: 1

            """, result.Output);
    }
}
