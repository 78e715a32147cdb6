# The idle timeout of the load balancer, and whether its name is free at once after a deletion.
# shellcheck shell=bash

# tokens_for SECONDS: number of tokens that the engine generates in that time plus a fifth, limited by the context.
tokens_for() {
  jq -n --argjson rate "${rate:-60}" --argjson seconds "$1" '[$rate * $seconds * 1.2, 97000] | min | floor'
}

# long_request SECONDS STREAM
long_request() {
  local line status total code limit
  limit=$(remaining $(($1 * 3)))
  complete "$limit" "$(tokens_for "$1")" "$2" || return 1
  read -r status _ total _ code <<< "$line"
  if [[ $status == 200 && $code == 0 ]]; then
    if jq -ne --argjson total "$total" --argjson wanted "$1" '$total >= $wanted' > /dev/null; then
      answer="it came whole after $total s"
    else
      answer="the answer was whole after $total s already, which is less than $1 s: not shown"
    fi
  else
    answer="cut: status $status, curl $code, after $total s"
  fi
}

silent_short() { long_request 61 false; }

silent_long() {
  if grep -q '"id":"silent-61".*"answer":"cut' "$folder/answers.jsonl"; then
    answer='61 s are cut already'
    return 3
  fi
  long_request 601 false
}

stream_long() { long_request 1200 true; }

# The provider does not wait for the deletion of a load balancer, and the new one has the same name.
balancer_replace() {
  local code=0
  pulumi_do balancer-replace "$(remaining 1800)" up --yes --skip-preview --replace '**LoadBalancer::chat' || code=$?
  log_end balancer-replace
  if ((code)); then
    answer="the replacement failed: $(grep -m 1 -iE '422|already|name' "$folder/logs/balancer-replace.log" | head -c 200)"
    pulumi_do balancer-again "$(remaining 1800)" up --yes --skip-preview || {
      log_end balancer-again
      answer+='; a second run did not help'
      return 0
    }
    answer+='; a second run helped'
  else
    answer='the new one was made under the name of the old one at once'
  fi
  learn_stack
}

ask_balancer() {
  ask silent-61 'R16' 'Does a request without a byte for 61 s survive the load balancer?' silent_short
  ask silent-601 'R16' 'Does one of 601 s?' silent_long
  ask stream-1200 'R16' 'Does a stream of 20 minutes arrive completely?' stream_long
  ask balancer-name 'P10' 'Can a load balancer be created at once with the name of a deleted one?' balancer_replace
}
