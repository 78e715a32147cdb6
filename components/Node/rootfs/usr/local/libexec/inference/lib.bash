# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it, which use what is set here.
set -euo pipefail
root=${INFERENCE_ROOT:-} # tests point it at a folder
node_env=$root/etc/inference/node.env
secrets=$root/etc/inference/secrets
state=$root/var/lib/inference

# cause_file: where the cause of this unit's failure is kept; nothing outside of a unit. Root alone can write there, and await-ready believes
# it: the journal's lines are of whoever runs in the unit.
cause_file() {
  local unit
  unit=$(grep -om 1 'inference-[a-z-]*\.service' "$root/proc/self/cgroup" 2> /dev/null) && echo "$root/run/inference/causes/$unit"
}

# die CAUSE NEXT_STEP [WORDS]: what await-ready shows to the operator. WORDS of another program go to the log alone, where they are shown as data.
die() {
  local file
  printf 'error: %s\nnext: %s\n' "$1${3:+: $3}" "$2" >&2
  if file=$(cause_file); then { mkdir -p "${file%/*}" && printf '%s\n%s\n' "$1" "$2" > "$file"; } 2> /dev/null || true; fi
  exit 1
}

# die_of_network CAUSE NEXT_STEP [WORDS]: the same for what fails when a server cannot be reached, unless the clock is why.
die_of_network() {
  local clock
  clock=$("${BASH_SOURCE%/*}/clock-hint" || true)
  [[ -z $clock ]] || die "$1; $clock" "set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again" "${3:-}"
  die "$@"
}

# setting KEY: its value in node.env, which is read and never run.
setting() {
  local line
  while IFS= read -r line; do
    [[ $line != "$1="* ]] || printf '%s' "${line#*=}"
  done < "$node_env"
}

# patiently SECONDS COMMAND...: repeats it, more and more slowly, for that long. Status 2 says that waiting will not help.
patiently() {
  local end=$((SECONDS + $1)) pause=2 status
  shift
  while true; do
    status=0
    "$@" || status=$?
    ((status != 0)) || return 0
    ((status != 2 && SECONDS + pause < end)) || return 1
    echo "failed: $1; again in $pause s" >&2
    sleep "$pause"
    pause=$((pause < 30 ? pause * 2 : 60))
  done
}
