# Functions in place of programs that live/ calls often. Each bash of a test reads them (BASH_ENV): to start a program takes longer than its work.
# The clock of a test advances only while a script sleeps: $CLOUD/clock has a line for each time. A line is appended whole, so readers need
# no lock.
# shellcheck shell=bash

# The time of day: the clock of the test. Once that has reached the time in $CLOUD/set-back, it is an hour behind.
date() {
  local times now
  mapfile -t times < "$CLOUD/clock"
  now=${times[-1]}
  if [[ -f $CLOUD/set-back ]] && ((now >= $(< "$CLOUD/set-back"))); then
    now=$((now - 3600))
  fi
  case "$*" in
    +%s) echo "$now" ;;
    '-u +%FT%TZ') TZ=UTC printf '%(%FT%TZ)T\n' "$now" ;;
    *) command date "$@" ;;
  esac
}

# Time since the start of the machine, which no one sets: the clock of the test. Everything else is cut's.
cut() {
  local times
  if [[ ${*: -1} != /proc/uptime ]]; then
    command cut "$@"
    return
  fi
  mapfile -t times < "$CLOUD/clock"
  echo $((times[-1] - 1700000000))
}

sleep() {
  local times
  mapfile -t times < "$CLOUD/clock"
  echo $((times[-1] + $1)) >> "$CLOUD/clock"
}

# DigitalOcean's API as live/ asks it: each resource is a file $CLOUD/KIND/ID that holds its JSON. $CLOUD/answers may hold lines
# `STATUS METHOD PATH` that are answered first; $CLOUD/calls gets every call with its arguments.
curl() {
  local method=GET out=/dev/stdout format='' url='' path tag='' id kind status call
  printf 'curl %s\n' "$*" >> "$CLOUD/calls"
  while (($#)); do
    case $1 in
      --request) method=$2 && shift ;;
      --output) out=$2 && shift ;;
      --write-out) format=$2 && shift ;;
      --header) [[ $2 != @* || $(< "${2#@}") == *"$TOKEN"* ]] && shift || return 7 ;;
      --max-time) shift ;;
      -*) ;;
      *) url=$1 ;;
    esac
    shift
  done
  if [[ $url == https://checkip* ]]; then
    reply 200 203.0.113.9
    return
  fi
  path=${url#https://api.digitalocean.com}
  path=${path%%[?&]per_page*}
  if [[ -f $CLOUD/answers ]]; then
    while read -r status call; do
      if [[ "$method $path" == "$call" ]]; then
        reply "$status" '{"id": "refused", "message": "refused for the test"}'
        return
      fi
    done < "$CLOUD/answers"
  fi
  case "$method ${path%%\?*}" in
    'GET /v2/account') reply 200 '{"account": {"status": "active"}}' ;;
    'GET /v2/account/keys') reply_list ssh_keys ;;
    'GET /v2/customers/my/balance') reply 200 '{"month_to_date_usage": "11.21", "generated_at": "2026-11-29T00:00:00Z"}' ;;
    'GET /v2/monitoring/'*) reply 200 '{"status": "success", "data": {"result": [{"values": [[1, "2"], [2, "3"]]}]}}' ;;
    'GET /v2/'*/*) reply_one ;;
    'GET /v2/'*)
      [[ $path != *tag_name=* ]] || tag=${path#*tag_name=}
      kind=${path#/v2/}
      reply_list "${kind%%\?*}" "${tag//%3A/:}"
      ;;
    *) reply_one ;;
  esac
}

# reply STATUS BODY, to the $out and in the $format of the call
reply() {
  printf '%s' "$2" > "$out"
  printf '%s' "${format:+$1}"
}

# reply_list KIND [TAG]: a list by tag may forget a Droplet, as it does once its deletion has begun.
reply_list() {
  local file item items=''
  for file in "$CLOUD/$1"/*; do
    [[ -f $file ]] || continue
    item=$(< "$file")
    [[ -z ${2-} || ! -f $CLOUD/forgets-tags && $item == *"\"$2\""* ]] || continue
    items+=${items:+, }$item
  done
  reply 200 "{\"$1\": [$items], \"links\": {}}"
}

# reply_one: reads or deletes the resource of $path. Deletion takes as many requests as $CLOUD/slow has lines.
reply_one() {
  id=${path##*/}
  id=${id//%3A/:}
  kind=${path%/*}
  kind=${kind##*/}
  [[ $kind != keys ]] || kind=ssh_keys
  if [[ ! -f $CLOUD/$kind/$id ]]; then
    reply 404 '{"id": "not_found", "message": "The resource you requested could not be found."}'
  elif [[ $method != DELETE ]]; then
    reply 200 "$(< "$CLOUD/$kind/$id")"
  elif [[ -s $CLOUD/slow ]]; then
    sed -i 1d "$CLOUD/slow"
    reply 204 ''
  else
    rm "$CLOUD/$kind/$id"
    reply 204 ''
  fi
}
