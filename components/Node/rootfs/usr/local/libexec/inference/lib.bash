# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it, which use what is set here.
set -euo pipefail
root=${INFERENCE_ROOT:-} # tests point it at a folder
node_env=$root/etc/inference/node.env
secrets=$root/etc/inference/secrets
state=$root/var/lib/inference

# die CAUSE NEXT_STEP: what await-ready shows to the operator.
die() {
  printf 'error: %s\nnext: %s\n' "$1" "$2" >&2
  exit 1
}

# die_of_network CAUSE NEXT_STEP: the same for what fails when a server cannot be reached, unless the clock is why.
die_of_network() {
  local clock
  clock=$("${BASH_SOURCE%/*}/clock-hint" || true)
  [[ -z $clock ]] || die "$1; $clock" "set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again"
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
