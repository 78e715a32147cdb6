# Checks before anything costs money. Each failure is one message with its fix; nothing was created.
# shellcheck shell=bash

refuse() {
  printf 'live: %s\n  fix: %s\n' "$1" "$2" >&2
  exit 1
}

# Reads that show whether the token has a scope. Without the useful ones, only some answers are missing.
readonly needed_reads=(
  'account:read /v2/account' 'droplet:read /v2/droplets?per_page=1' 'vpc:read /v2/vpcs?per_page=1' 'tag:read /v2/tags?per_page=1'
  'firewall:read /v2/firewalls?per_page=1' 'ssh_key:read /v2/account/keys?per_page=1' 'load_balancer:read /v2/load_balancers?per_page=1'
  'image:read /v2/images?per_page=1' 'sizes:read /v2/sizes?per_page=1' 'regions:read /v2/regions?per_page=1'
  'block_storage:read /v2/volumes?per_page=1'
)
readonly domain_reads=('certificate:read /v2/certificates?per_page=1' 'domain:read /v2/domains?per_page=1')
readonly useful_reads=('billing:read /v2/customers/my/balance')
# The deletion of a resource that cannot exist shows whether the token may delete: only a 403 means a missing scope.
readonly nothing=00000000-0000-0000-0000-000000000000
readonly needed_deletes=("droplet:delete /v2/droplets/0" "load_balancer:delete /v2/load_balancers/$nothing")

check_tools() {
  local tool version
  for tool in pulumi curl jq ssh timeout flock; do
    command -v "$tool" > /dev/null || refuse "$tool is not on the PATH" "install it (docs/live-run.md names the packages)"
  done
  version=$(pulumi version) || refuse 'pulumi does not run' 'install the Pulumi CLI again: https://www.pulumi.com/docs/install/'
  [[ $(printf '%s\n3.226.0\n' "${version#v}" | sort --version-sort | head -n 1) == 3.226.0 ]] \
    || refuse "the Pulumi CLI is ${version#v}; it must be 3.226.0 or newer" 'https://www.pulumi.com/docs/install/'
  fact pulumi "${version#v}"
}

check_token() {
  local entry missing=() reads=("${needed_reads[@]}")
  [[ -n ${DIGITALOCEAN_TOKEN-} ]] || refuse 'DIGITALOCEAN_TOKEN is not set' 'export DIGITALOCEAN_TOKEN=...'
  [[ $DIGITALOCEAN_TOKEN =~ ^[A-Za-z0-9_.-]+$ ]] || refuse 'DIGITALOCEAN_TOKEN holds something that is no part of a token (a space, a quote, a line end)' 'set it again, without them'
  secret "$DIGITALOCEAN_TOKEN" "${PULUMI_CONFIG_PASSPHRASE-}"
  api_authorize
  [[ -z $domain ]] || reads+=("${domain_reads[@]}")
  for entry in "${reads[@]}"; do
    api GET "${entry#* }" && continue
    case $api_status in
      401) refuse 'DigitalOcean does not know DIGITALOCEAN_TOKEN (401)' 'make a new one in the control panel under API, and export it' ;;
      403) missing+=("${entry% *}") ;;
      *) refuse "DigitalOcean's API does not answer: $(api_message)" 'look at https://status.digitalocean.com, then try again' ;;
    esac
  done
  for entry in "${needed_deletes[@]}"; do
    api DELETE "${entry#* }" || [[ $api_status != 403 ]] || missing+=("${entry% *}")
  done
  ((${#missing[@]} == 0)) || refuse "DIGITALOCEAN_TOKEN lacks scopes: ${missing[*]}" \
    'make a token with create, read, update and delete of droplet, vpc, tag, firewall, ssh_key and load_balancer (with LIVE_DOMAIN certificate and domain too), and read of image, sizes, regions, account and block_storage'
  fact tokenScopes 'every read that is needed answered; nothing refused a deletion'
  for entry in "${useful_reads[@]}"; do
    api GET "${entry#* }" || say "the token lacks ${entry% *}: the report will say nothing of the account's balance"
  done
}

# An earlier run on this machine that may have left resources: its state is the best way to delete them.
check_left() {
  [[ ! -e $folder/state && ! -e Pulumi.$stack.yaml ]] || refuse "an earlier live run of $stack was not ended here ($folder, Pulumi.$stack.yaml)" 'live/run end'
}

# Another running live run, or its leftovers.
check_alone() {
  live_droplets "$stack" || refuse "DigitalOcean did not say which Droplets there are: $(api_message)" 'try again'
  [[ ! -s $work/droplets ]] || refuse "there are Droplets under the tag inference:$stack: another live run is under way, or left them" \
    "wait for it, or end it: live/janitor --stack $stack"
  api_list /v2/load_balancers load_balancers || refuse "DigitalOcean did not say which load balancers there are: $(api_message)" 'try again'
  ! jq -e --slurp --arg name "inference.$stack." 'any(.[]; .name | startswith($name))' "$work/list" > /dev/null \
    || refuse "there is a load balancer of $stack already" "live/janitor --stack $stack"
}

# Whether DigitalOcean lists the size in the region. A creation may still be rejected: no API shows the stock.
check_capacity() {
  local regions
  api_list /v2/sizes sizes || refuse "DigitalOcean did not say which sizes there are: $(api_message)" 'try again'
  jq -e --slurp --arg size "$size" 'any(.[]; .slug == $size)' "$work/list" > /dev/null \
    || refuse "this account has no size $size: GPU Droplets are not open to it, or the slug is wrong" 'ask DigitalOcean for a quota of GPU Droplets, or set LIVE_SIZE'
  regions=$(jq -r --arg size "$size" 'select(.slug == $size and .available) | .regions | join(" ")' "$work/list")
  fact sizeListedIn "${regions:-nowhere}"
  [[ " $regions " == *" $region "* ]] || refuse "$size is unavailable in $region now; it is available in: ${regions:-no region}. Nothing was made, nothing is billed" \
    "${regions:+LIVE_REGION=${regions%% *} live/run, or }try again later"
}

# The address that SSH will be open to.
check_address() {
  admin=${LIVE_ADMIN_CIDR-}
  if [[ -z $admin ]]; then
    admin=$(curl -4 --fail --silent --max-time 20 https://checkip.amazonaws.com || true)/32
  fi
  [[ $admin =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}/(2[4-9]|3[0-2])$ ]] \
    || refuse "LIVE_ADMIN_CIDR: '$admin' must be the address of this machine as the internet sees it, a /24 to /32" 'LIVE_ADMIN_CIDR=203.0.113.7/32 live/run'
  secret "${admin%/*}"
}

# check_cost: compares the plan's price for the longest run, including the deletion, with the cap, before anything is created. Then sets the stack's limit
# per hour to what the cap allows, because `pulumi up` uses the current price.
check_cost() {
  local plan fits limit source
  write_stack_file 1000
  plan=$(./infra preview "$stack" --json 2> "$work/plan-error") || refuse "the plan does not stand: $(tail -n 5 "$work/plan-error")" "see above; ./infra preview $stack shows it"
  plan=$(jq -er --argjson minutes "$minutes" --argjson cap "$cap" '.priceSource as $source | .usdPerHour | numbers
    | (. * ($minutes + 30) / 60 * 100 | ceil / 100) as $most
    | "\(.) \($most) \($most <= $cap) \($cap * 60 / ($minutes + 30) * 100 | floor / 100) \($source)"' <<< "$plan") \
    || refuse 'the plan has no price' 'choose a size that is sold by the hour: LIVE_SIZE'
  read -r usd_per_hour most_usd fits limit source <<< "$plan"
  say "$size in $region: $usd_per_hour USD per hour by the catalog ($source); at most $most_usd USD for $minutes minutes and the deletion"
  fact usdPerHour "$usd_per_hour" mostUsd "$most_usd"
  [[ $fits == true ]] \
    || refuse "the run may cost $most_usd USD, and LIVE_MAX_USD is $cap" "LIVE_MAX_USD=$most_usd live/run, or fewer minutes: LIVE_MINUTES"
  write_stack_file "$limit"
}
