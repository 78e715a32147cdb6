# DigitalOcean's API with curl. curl reads the token from a file, never from an argument. The response is in $work/body, its status in $api_status.
# shellcheck shell=bash

readonly api_root=https://api.digitalocean.com
api_status=000

# api METHOD PATH: returns 0 for 2xx. Retries temporary failures (429, 5xx, no connection), like the provider.
api() {
  local method=$1 path=$2 try
  for try in 1 2 3 4 5; do
    api_status=$(curl --silent --show-error --max-time 60 --request "$method" --header "@$work/authorization" \
      --output "$work/body" --write-out '%{http_code}' "$api_root$path" 2> "$work/api-error") || api_status=000
    case $api_status in
      2??) return 0 ;;
      429 | 5?? | 000) [[ $try == 5 ]] || sleep $((try * 5)) ;;
      *) return 1 ;;
    esac
  done
  return 1
}

# The message of a failure: the API's own, if it sent one.
api_message() {
  local words
  words=$(jq -r '.message // empty' "$work/body" 2> /dev/null | head -c 300) || words=
  [[ -n $words ]] || words=$(head -c 300 "$work/api-error" 2> /dev/null)
  printf '%s %s' "$api_status" "$words"
}

# api_list PATH KEY: writes the items of all pages to $work/list, one JSON object per line. Fails if any page fails: an incomplete list would hide
# resources that cost money.
api_list() {
  local path=$1 key=$2 page=1 joint='?' items
  [[ $path != *\?* ]] || joint='&'
  : > "$work/list"
  while :; do
    api GET "$path${joint}per_page=200&page=$page" || return 1
    # First whether there is another page, then its items.
    items=$(jq -c --arg key "$key" '(.links.pages.next | not), (.[$key] | if type == "array" then .[] else error("no list") end)' "$work/body" \
      2> /dev/null) || return 1
    [[ $items != *$'\n'* ]] || printf '%s\n' "${items#*$'\n'}" >> "$work/list"
    [[ $items == false* ]] || return 0
    page=$((page + 1))
  done
}

# api_authorize: writes the token to a file that only this user can read.
api_authorize() {
  (umask 077 && printf 'Authorization: Bearer %s\n' "$DIGITALOCEAN_TOKEN" > "$work/authorization")
}

# live_droplets STACK: writes the Droplets of exactly this stack to $work/droplets. Two requests, because the specification does not state whether a list
# by tag includes GPU Droplets, and the list of GPU Droplets accepts no tag.
live_droplets() {
  local tag="inference:$1"
  api_list "/v2/droplets?tag_name=${tag//:/%3A}" droplets || return 1
  cp "$work/list" "$work/by-tag"
  api_list '/v2/droplets?type=gpus' droplets || return 1
  jq -c --slurp --arg tag "$tag" '[.[] | select((.tags // []) | index($tag))] | unique_by(.id)[]' "$work/by-tag" "$work/list" > "$work/droplets"
}

# now: the time of day, for what is compared with a time of DigitalOcean's.
now() { date +%s; }

# elapsed: seconds since this machine started, for durations and limits. Setting the clock does not change it, and a suspended machine counts:
# a Droplet costs money meanwhile.
elapsed() { cut --delimiter=. --fields=1 /proc/uptime; }
