# Whether DigitalOcean's agent sends metrics after the first boot and after a reboot: the control panel draws them.
# shellcheck shell=bash

readonly graph_patience=900

# points SINCE: number of readings of free memory that the agent has sent since then; the hypervisor cannot measure these.
points() {
  api GET "/v2/monitoring/metrics/droplet/memory_free?host_id=$droplet&start=$1&end=$(now)" || return 1
  jq '[.data.result[]?.values[]?] | length' "$work/body"
}

# await_points SINCE
await_points() {
  local began count=0
  began=$(elapsed)
  while ((count == 0 && $(elapsed) - began < graph_patience && $(elapsed) < deadline)); do
    count=$(points "$1") || {
      api_message
      answer="the API refused the question: the token needs monitoring:read ($api_status)"
      return 1
    }
    ((count)) || pause 30
  done
  echo "$count readings since $(date -u -d "@$1" +%FT%TZ), $(($(elapsed) - began)) s later"
  answer="$count readings, after $(($(elapsed) - began)) s of waiting"
}

graphs_first_boot() {
  on_node 120 << 'NODE' || true
systemctl is-active do-agent droplet-agent 2>&1 | paste -d ' ' <(printf '%s\n' do-agent droplet-agent) -
ps -C do-agent -o user=,args= || true
journalctl --no-pager --unit=do-agent | tail -n 15
NODE
  # Only readings of the last minutes: those from before the host firewall prove nothing.
  pause "$(waits $((created + 900 - $(now))))"
  await_points $(($(now) - 300))
}

# waits SECONDS: none below zero, and none beyond the run's time.
waits() { if (($1 > 0)); then remaining "$1"; else echo 0; fi; }

graphs_reboot() {
  local before after='' began since
  since=$(now)
  began=$(elapsed)
  before=$(on_node 60 <<< 'cat /proc/sys/kernel/random/boot_id') || return 1
  on_node 60 <<< 'systemctl reboot' || true
  while (($(elapsed) - began < 900 && $(elapsed) < deadline)); do
    pause 10
    after=$(on_node 40 <<< 'cat /proc/sys/kernel/random/boot_id' 2> /dev/null) || after=
    [[ -z $after || $after == "$before" ]] || break
  done
  [[ -n $after && $after != "$before" ]] || {
    answer="the node did not come back within $(($(elapsed) - began)) s"
    return 1
  }
  echo "SSH answers again $(($(elapsed) - began)) s after the reboot"
  await_engine || return 1
  echo "the engine answers again $(($(elapsed) - began)) s after the reboot"
  await_points "$since"
}

# await_engine: waits until a completion of one token succeeds.
await_engine() {
  local began line=
  began=$(elapsed)
  while (($(elapsed) - began < 1200 && $(elapsed) < deadline)); do
    complete 60 1 false 2> /dev/null || line=
    [[ $line != 200\ * ]] || return 0
    pause 10
  done
  answer="no completion came back for $(($(elapsed) - began)) s: $line"
  return 1
}

# Stops the engine through the container runtime, under AppArmor: how long it takes, and whether a signal is denied.
stop_engine() {
  local seconds
  on_node 300 << 'NODE' || return 1
unit=$(systemctl list-units --no-legend --plain --state=active 'inference-vllm-*' | awk '{print $1; exit}')
since=$(date +%s) began=$(date +%s%N)
systemctl stop "$unit"
echo "stopped $unit in $((($(date +%s%N) - began) / 1000000)) ms"
echo "AppArmor's refusals meanwhile: $(journalctl -k --no-pager --since "@$since" | grep -c 'apparmor="DENIED"')"
journalctl -k --no-pager --since "@$since" | grep 'apparmor="DENIED"' | tail -n 10
systemctl start --no-block "$unit"
NODE
  answer=$(grep -E '^(stopped|AppArmor)' "$work/detail" | paste -s -d ';') || true
  seconds=$(elapsed)
  await_engine || return 1
  echo "serves again $(($(elapsed) - seconds)) s after the start"
}

ask_graphs() {
  ask graphs-boot 'R15' 'Does the agent report 15 minutes after the first boot?' graphs_first_boot
  ask graphs-reboot 'R15' 'Does it report after a reboot, and does the stack serve again?' graphs_reboot
  ask engine-stop 'R13' 'Does the engine stop on request, or does AppArmor deny the signal?' stop_engine
}
