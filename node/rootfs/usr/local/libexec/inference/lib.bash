# shellcheck shell=bash disable=SC2034
# Sourced by the scripts in this folder.
set -euo pipefail
root=${INFERENCE_ROOT:-} # set by tests
node_env=$root/etc/inference/node.env
secrets=$root/etc/inference/secrets
state=$root/var/lib/inference

# cause_file: file for the cause of this unit's failure; prints nothing outside of a unit. Only root can write there, so await-ready trusts it,
# unlike the journal, which contains the output of the unit's programs.
cause_file() {
  local unit
  unit=$(grep -om 1 'inference-[a-z-]*\.service' "$root/proc/self/cgroup" 2> /dev/null) && echo "$root/run/inference/causes/$unit"
}

# die CAUSE NEXT_STEP [OUTPUT]: await-ready shows cause and next step. OUTPUT of another program is untrusted and goes only to the log.
died=''
die() {
  local file
  died=1
  printf 'error: %s\nnext: %s\n' "$1${3:+: $3}" "$2" >&2
  if file=$(cause_file); then { mkdir -p "${file%/*}" && printf '%s\n%s\n' "$1" "$2" > "$file"; } 2> /dev/null || true; fi
  exit 1
}

# die_of_network CAUSE NEXT_STEP [OUTPUT]: the same for network failures. Blames the clock if it is wrong.
die_of_network() {
  local clock
  clock=$("${BASH_SOURCE%/*}/clock-hint" || true)
  [[ -z $clock ]] || die "$1; $clock" "set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again" "${3:-}"
  die "$@"
}

# setting KEY: the value in node.env, which is parsed, never executed.
setting() {
  local line
  while IFS= read -r line; do
    [[ $line != "$1="* ]] || printf '%s' "${line#*=}"
  done < "$node_env"
}

# Every script changes a running node in the same way (docs/adr/0010): it writes the complete desired state, applies it, and verifies the running
# state. The next run verifies the running state too and trusts no file of this run. So a script may be killed at any instruction.

# alone NAME [FOLDER]: takes a lock, so that only one run is active; the lock ends with its last process. At exit, deletes the files in "temporary",
# and prints an error for a failure without a message.
temporary=()
alone() {
  local folder=${2:-$root/run/inference} lock
  trap ended EXIT
  mkdir -p "$folder"
  exec {lock}> "$folder/$1.lock"
  flock -w 300 "$lock" || die "another $1 is still running" "wait for it, then run pulumi up again"
}
ended() {
  local status=${1:-$?} command=$BASH_COMMAND
  rm -rf "${temporary[@]}"
  ((status == 0)) || [[ -n $died ]] || printf 'error: %s stopped at: %s\nnext: see the line above (disk full? df -h), then run pulumi up again\n' "${0##*/}" "$command" >&2
}

# place NEW FILE: replaces FILE with NEW atomically, also across a power loss.
place() {
  sync "$1"
  mv -T "$1" "$2"
  sync "${2%/*}"
}

# comes_true COMMAND...: whether the command succeeds within a minute; a node that installs packages may need that long. Few attempts, because sshd
# penalizes clients that only ask for its keys.
comes_true() {
  local pause
  for pause in 0.1 0.4 1 2 3 6 12 30; do
    ! "$@" || return 0
    sleep "$pause"
  done
  "$@"
}

# take_effect WHAT IS_SO COMMAND...: runs COMMAND unless IS_SO succeeds already; afterwards IS_SO must succeed.
applied=''
take_effect() {
  ! "$2" || return 0
  "${@:3}" || die "$1: not applied, '${*:3}' failed" "journalctl -n 50 on the node, then run pulumi up again"
  comes_true "$2" || die "$1: '${*:3}' succeeded but did not take effect" "journalctl -n 50 on the node, then run pulumi up again"
  applied+="${applied:+, }$1"
}

# host_keys: the host keys that sshd serves, as a client sees them, one "TYPE KEY" per line; without sshd, the keys of the files. From OpenSSH 9.8
# on, ssh-keyscan also prints comments.
host_keys() {
  if systemctl is-active --quiet ssh.service; then
    ssh-keyscan -T 5 -t ed25519,ecdsa 127.0.0.1 2> /dev/null | sed -n 's/^127[^ ]* //p' | sort
  else
    cut -d' ' -f1,2 "$root"/etc/ssh/ssh_host_{ed25519,ecdsa}_key.pub 2> /dev/null || true
  fi
}

# monotonic: sets "now" to the seconds since the boot. Bash computes SECONDS from the time of day, which the first synchronization of a clock moves.
monotonic() {
  read -r now _ < /proc/uptime
  now=${now%.*}
}

# retry SECONDS COMMAND...: repeats the command with increasing pauses for that long. Status 2 of the command ends the retries.
retry() {
  local now end pause=2 status
  monotonic
  end=$((now + $1))
  shift
  while true; do
    status=0
    "$@" || status=$?
    ((status != 0)) || return 0
    monotonic
    ((status != 2 && now + pause < end)) || return 1
    echo "failed: $1; retry in $pause s" >&2
    sleep "$pause"
    pause=$((pause < 30 ? pause * 2 : 60))
  done
}
