# The boot with real downloads, and the engine's speed.
# shellcheck shell=bash

boot_phases() {
  outputs | jq -r '.bringUp | to_entries[] | "\(.key)\n\(.value)"' || return 1
  answer="pulumi up took ${up_seconds} s; the phases are below"
}

boot_downloads() {
  on_node 180 << 'NODE' || return 1
journalctl --no-pager --output=short-monotonic --unit='inference-engine-*' --unit=inference-weights --unit='inference-vllm-*' \
  | grep -iE 'pull|unpack|fetch|bytes|complete|load(ing|ed)|compil|graph|started server|startup|took|seconds' | tail -n 80
podman system df 2> /dev/null
du -sh /srv/inference 2> /dev/null
NODE
  answer="$(grep -c . "$work/detail" || true) lines of the journal, below"
}

boot_speed() {
  local status first total
  complete 300 256 true || return 1
  read -r status first total _ <<< "$line"
  [[ $status == 200 ]] || return 1
  rate=$(jq -n --argjson first "$first" --argjson total "$total" '255 / ([$total - $first, 0.001] | max)') || return 1
  answer="first token after $first s; $(printf '%.1f' "$rate") tokens a second"
}

# Requests at intervals around the engine's idle timeout of five seconds: each meets a connection that is about to be closed.
boot_idle() {
  {
    call_values 30
    cat << 'NODE'
for i in $(seq 40); do
  sleep "4.$((80 + RANDOM % 20))"
  [ $((i % 2)) = 0 ] || sleep 0.$((10 + RANDOM % 40))
  curl --silent --show-error --max-time "$limit" --cacert <(printf '%s\n' "$ca") --header @<(printf 'Authorization: Bearer %s\n' "$key") \
    --output /dev/null --write-out '%{http_code}\n' "$url/models" || true
done | sort | uniq -c
NODE
  } > "$work/request"
  on_node 600 < "$work/request" || return 1
  answer="status of 40 requests five seconds apart: $(paste -s -d ';' "$work/detail")"
}

ask_boot() {
  ask boot-phases 'phases' 'Where did the time of the boot go?' boot_phases
  ask boot-downloads 'phases' 'How long did pulling, unpacking, weights, loading and compiling take?' boot_downloads
  ask boot-speed 'R04 phases' 'How long until the first token through the load balancer, and how fast are the others?' boot_speed
  ask boot-idle 'R04' 'Does any request fail around the time at which the engine closes idle connections?' boot_idle
}
