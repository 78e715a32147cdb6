# The boot with real downloads, and what the engine does.
# shellcheck shell=bash

boot_phases() {
  output bringUp | jq -r 'to_entries[] | "\(.key)\n\(.value)"' || return 1
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
  local line status first total
  complete 300 256 true || return 1
  read -r status first total _ <<< "$line"
  [[ $status == 200 ]] || return 1
  rate=$(jq -n --argjson first "$first" --argjson total "$total" '256 / ([$total - $first, 0.001] | max)') || return 1
  answer="first token after $first s; $(printf '%.1f' "$rate") tokens a second"
}

ask_boot() {
  ask boot-phases 'phases' 'Where did the time of the boot go?' boot_phases
  ask boot-downloads 'phases' 'How long did pulling, unpacking, weights, loading and compiling take?' boot_downloads
  ask boot-speed 'R04 phases' 'When comes the first token through the load balancer, and how fast the others?' boot_speed
}
