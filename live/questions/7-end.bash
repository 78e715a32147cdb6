# The end: deletion, destroy twice, leftovers and cost. Runs for every run that created something, also after failures.
# shellcheck shell=bash

# The first destroy without a refresh, as users do it; meanwhile, polls until the Droplet is gone.
end_destroy() {
  local began code=0 gone=
  began=$(elapsed)
  pulumi_start destroy-1 1800 destroy --yes --skip-preview
  while kill -0 "$child" 2> /dev/null; do
    [[ -n $gone ]] || ! droplets_gone || gone=$(($(elapsed) - began))
    sleep 3
  done
  finish || code=$?
  [[ -n $gone ]] || ! droplets_gone || gone=$(($(elapsed) - began))
  log_end destroy-1
  answer="pulumi destroy ended with $code after $(($(elapsed) - began)) s; "
  if [[ -z $droplets ]]; then
    answer+='there was no Droplet'
  elif [[ -n $gone ]]; then
    answer+="the Droplet was gone after $gone s"
  else
    answer+='the Droplet is there still'
  fi
  ((code == 0)) || answer+="; $(grep -m 1 -iE 'error:' "$folder/logs/destroy-1.log" | head -c 200)"
}

# Whether every Droplet of this run is a 404.
droplets_gone() {
  local id
  for id in $droplets; do
    api GET "/v2/droplets/$id" || true
    [[ $api_status == 404 ]] || return 1
  done
}

end_destroy_again() {
  local code=0 try
  pulumi_do destroy-2 900 destroy --yes --skip-preview || code=$?
  log_end destroy-2
  answer="a second destroy ended with $code"
  ((code)) || return 0
  for try in 1 2 3; do
    code=0
    pulumi_do destroy-refresh 1800 destroy --refresh --yes --skip-preview || code=$?
    if ((code == 0)); then
      answer+="; with --refresh it succeeded at try $try"
      return 0
    fi
    sleep 30
  done
  log_end destroy-refresh
  answer+="; with --refresh it failed three times"
  return 1
}

# With the API, because Pulumi reports only what its state knows.
end_janitor() {
  local code=0
  live/janitor --stack "$stack" || code=$?
  if ((code)); then
    fact left 'something is left, see the answer end-janitor'
    answer='SOMETHING IS LEFT AND MAY COST MONEY: see below'
    return 1
  fi
  fact left 'nothing that costs money'
  answer=$(tail -n 1 "$work/detail" | sed 's/^janitor: //')
}

end_tags() {
  api_list /v2/tags tags || return 1
  jq -r --arg tag "inference:$stack" --arg run "inference-run-$stack" 'select(.name == $tag or (.name | startswith($tag + ":")) or .name == $run) | .name' "$work/list"
  answer="$(grep -c . "$work/detail" || true) of the run's tags are there after destroy: $(paste -s -d ' ' "$work/detail")"
}

# balance NAME: DigitalOcean's month-to-date cost, as a fact. It lags by hours.
balance() {
  if api GET /v2/customers/my/balance; then
    fact "$1" "$(jq -r '"\(.month_to_date_usage) USD at \(.generated_at)"' "$work/body")"
  fi
}

end_cost() {
  local seconds=0
  ((created == 0)) || seconds=$(($(now) - created))
  # A clock that was set back makes no run cheaper.
  ((created == 0 || made == 0 || seconds >= $(elapsed) - made)) || seconds=$(($(elapsed) - made))
  balance monthToDateAfter
  answer="about $(jq -n --argjson seconds "$seconds" --argjson hour "$usd_per_hour" '$seconds / 3600 * $hour * 100 | ceil / 100') USD for $seconds s from the Droplet's creation; DigitalOcean's own figure follows within a day"
  fact estimatedUsd "$(jq -n --argjson seconds "$seconds" --argjson hour "$usd_per_hour" '$seconds / 3600 * $hour * 100 | ceil / 100')"
}

# The end has its own time limit: the deadline of the questions does not apply here.
ask_end() {
  deadline=$(($(elapsed) + 7200))
  if [[ $1 == whole ]]; then
    ask end-destroy 'P01 P05' 'How long does destroy take, and how long until the Droplet is gone?' end_destroy
  fi
  ask end-destroy-twice 'P01 P05 P06' 'Does destroy succeed a second time, or with --refresh?' end_destroy_again
  ask end-tags 'P16' 'Which tags does destroy leave?' end_tags
  ask end-janitor 'billing' 'Does anything of this run still exist?' end_janitor
  ask end-cost 'billing' 'What did it cost?' end_cost
}
