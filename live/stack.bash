# The stack of the run: Pulumi with its own state under $folder, and SSH to the node.
# shellcheck shell=bash

child=

# start COMMAND...: runs a slow command in the background, in its own process group (timeout creates one). A signal then interrupts only the wait, not
# Pulumi in the middle of a write. The id of the group is stored for `live/run end`, after a kill that no trap sees.
start() {
  "$@" 8>&- 9>&- <&0 &
  child=$!
  echo "$child" > "$folder/child"
}

finish() {
  local code=0
  wait "$child" || code=$?
  child=
  rm -f "$folder/child"
  return "$code"
}

pause() {
  start sleep "$1"
  finish
}

# pulumi_start LOG LIMIT ARGUMENTS...
pulumi_start() {
  local log=$folder/logs/$1.log limit=$2
  shift 2
  start timeout --signal=INT --kill-after=120 "$limit" pulumi "$@" --non-interactive --color never > "$log" 2>&1 < /dev/null
}

pulumi_do() {
  pulumi_start "$@"
  finish
}

# end_group GROUP: stops the started command, and gives Pulumi time to write its state.
end_group() {
  local try
  kill -INT -- "-$1" 2> /dev/null || return 0
  for try in {1..60}; do
    kill -0 -- "-$1" 2> /dev/null || return 0
    sleep 1
  done
  kill -KILL -- "-$1" 2> /dev/null || true
}

# The last lines of a command's log, for an answer's detail.
log_end() { tail -n "${2:-40}" "$folder/logs/$1.log"; }

# outputs: the stack's outputs, also secret ones, as JSON. They go only to variables and to files that only this user can read.
outputs() { pulumi stack output --json --show-secrets 2> "$work/output-error" < /dev/null; }

# learn_stack: reads addresses and keys of the running stack, for the questions.
learn_stack() {
  local values=() secrets=()
  mapfile -t -d '' values < <(outputs | jq -j '[(.endpoints.chat | .nodes[0].publicAddress, .url, .servedModelName),
    .sshPrivateKey, .knownHosts, .ca, .clientKeys.chat.default] | if all(type == "string") then .[] + "\u0000" else error("an output is missing") end')
  ((${#values[@]} == 7)) || return 1
  node_address=${values[0]} url=${values[1]} model=${values[2]} ca=${values[5]} key=${values[6]}
  (
    umask 077
    printf '%s\n' "${values[3]}" > "$work/ops.key"
    printf '%s\n' "${values[4]}" > "$work/known_hosts"
  )
  mapfile -t secrets < <(grep -v '^-----' "$work/ops.key")
  secret "$key" "${secrets[@]}"
}

# on_node LIMIT: runs the script on standard input as root on the node. Masks its output before any answer uses it.
on_node() {
  local code=0
  start timeout "$1" ssh -F /dev/null -i "$work/ops.key" -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o ConnectTimeout=20 \
    -o UserKnownHostsFile="$work/known_hosts" -o StrictHostKeyChecking=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=8 \
    "ops@$node_address" 'sudo -n bash -s' > "$work/said" 2> "$work/said-errors"
  finish || code=$?
  mask < "$work/said"
  [[ ! -s $work/said-errors ]] || mask < "$work/said-errors" >&2
  return "$code"
}

# remaining [MOST]: seconds until the run's time is up, at most MOST.
remaining() {
  local left=$((deadline - $(elapsed)))
  ((left > 0)) || left=1
  ((left <= ${1:-left})) || left=$1
  echo "$left"
}

# call_values LIMIT: the values with which a script on the node calls the endpoint. They go over standard input, never in an argument.
call_values() { printf 'ca=%q key=%q url=%q limit=%q\n' "$ca" "$key" "$url" "$1"; }

# complete LIMIT TOKENS STREAM: requests a completion of exactly that many tokens, from the node through $url. Key and certificate go over standard input.
# Sets $line: status, seconds to the first line of the body (for a stream the first token), seconds in all, bytes, and curl's exit status.
complete() {
  local body
  body=$(jq -nc --arg model "$model" --argjson tokens "$2" --argjson stream "$3" '{$model, $stream, max_tokens: $tokens, min_tokens: $tokens,
    ignore_eos: true, temperature: 0, messages: [{role: "user", content: "Count upwards from one, in words."}]}')
  {
    call_values "$1"
    printf 'body=%q\n' "$body"
    cat << 'NODE'
cd "$(mktemp -d -p /run)"
printf '%s' "$body" > body
began=$(date +%s%N)
curl --silent --show-error --no-buffer --max-time "$limit" --cacert <(printf '%s\n' "$ca") --header @<(printf 'Authorization: Bearer %s\n' "$key") \
  --header 'Content-Type: application/json' --data @body --write-out '%{stderr}%{http_code} %{time_total} %{size_download} %{exitcode}\n' \
  "$url/chat/completions" 2> account | { IFS= read -r line; date +%s%N > first; printf '%s\n' "$line"; cat; } > answer
[ "$(stat -c %s answer)" -gt 2000 ] || cat answer >&2
head -n -1 account >&2
read -r status total bytes code < <(tail -n 1 account)
echo "$status $((($(< first) - began) / 1000000000)).$(printf %03d $((($(< first) - began) / 1000000 % 1000))) $total $bytes $code"
rm -r "$PWD"
NODE
  } > "$work/request"
  line=
  on_node $(($1 + 60)) < "$work/request" > "$work/line" || return 1
  line=$(tail -n 1 "$work/line")
  printf 'status, first line, total, bytes, curl: %s\n' "$line"
}
