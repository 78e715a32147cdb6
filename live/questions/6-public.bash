# A public endpoint, last: Let's Encrypt issues only a few certificates a week for a name.
# shellcheck shell=bash

public_certificate() {
  local began code=0 at=
  if [[ -z $domain ]]; then
    answer='no LIVE_DOMAIN was given'
    return 3
  fi
  pulumi config set --path endpoints.chat.access public && pulumi config set --path endpoints.chat.domain "$domain" \
    && pulumi config set --path 'endpoints.chat.clientCidrs[0]' "$admin" || return 1
  began=$(elapsed)
  pulumi_do public "$(remaining 5400)" up --yes --skip-preview || code=$?
  log_end public
  if ((code)); then
    answer="after $(($(elapsed) - began)) s: $(grep -m 1 -iE 'error|certificate' "$folder/logs/public.log" | head -c 200)"
    return 1
  fi
  learn_stack || return 1
  at=$(curl --silent --show-error --max-time 60 --output /dev/null --write-out '%{http_code} %{ssl_verify_result}' \
    --header "@$work/client" "$url/models") || true
  answer="certificate, load balancer and record after $(($(elapsed) - began)) s; a call from here: $at"
}

ask_public() {
  (umask 077 && printf 'Authorization: Bearer %s\n' "$key" > "$work/client")
  ask public-endpoint 'P02' 'How long until a public endpoint has its certificate, and is it trusted?' public_certificate
}
