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
died=''
die() {
  local file
  died=1
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

# What follows is how every script changes a node that is up (docs/adr/0010): what is wanted is written, whole; applied; and asked of what runs, by the
# next run too, which never goes by a file that this one wrote. So it may be killed at any instruction.

# alone NAME [FOLDER]: one run at a time; the lock goes with the last of its processes. What is in "temporary" goes with the run, and what fails
# without a word of its own gets one.
temporary=()
alone() {
  local folder=${2:-$root/run/inference} lock
  trap ended EXIT
  mkdir -p "$folder"
  exec {lock}> "$folder/$1.lock"
  flock -w 300 "$lock" || die "another $1 is still at work" "wait for it, then run pulumi up again"
}
ended() {
  local status=${1:-$?} command=$BASH_COMMAND
  rm -rf "${temporary[@]}"
  ((status == 0)) || [[ -n $died ]] || printf 'error: %s stopped at: %s\nnext: see the line above (disk full? df -h), then run pulumi up again\n' "${0##*/}" "$command" >&2
}

# place NEW FILE: NEW becomes FILE, and neither half of it nor nothing is there after a loss of power.
place() {
  sync "$1"
  mv -T "$1" "$2"
  sync "${2%/*}"
}

# comes_true COMMAND...: whether it succeeds within a minute, which a node that installs packages may need. Few questions, since sshd counts those who only ask for its keys.
comes_true() {
  local pause
  for pause in 0.1 0.4 1 2 3 6 12 30; do
    ! "$@" || return 0
    sleep "$pause"
  done
  "$@"
}

# take_effect WHAT IS_SO COMMAND...: the command, unless what runs is so already; then it has to be.
applied=''
take_effect() {
  ! "$2" || return 0
  "${@:3}" || die "$1: not applied, '${*:3}' failed" "journalctl -n 50 on the node, then run pulumi up again"
  comes_true "$2" || die "$1: '${*:3}' ran, and what runs is still another" "journalctl -n 50 on the node, then run pulumi up again"
  applied+="${applied:+, }$1"
}

# host_keys: those that sshd identifies itself with, asked as a client asks, "TYPE KEY" a line; those of the files where none runs. From OpenSSH 9.8 on
# ssh-keyscan prints comments among them.
host_keys() {
  if systemctl is-active --quiet ssh.service; then
    ssh-keyscan -T 5 -t ed25519,ecdsa 127.0.0.1 2> /dev/null | sed -n 's/^127[^ ]* //p' | sort
  else
    cut -d' ' -f1,2 "$root"/etc/ssh/ssh_host_{ed25519,ecdsa}_key.pub 2> /dev/null || true
  fi
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
