# shellcheck shell=bash
# shellcheck disable=SC2154 # root and work are set by the caller.
# Sourced by lab/pulumi-up, which sets root and work. Flags and variables of the CLI: read in pulumi/pulumi 1b594989 (2026-08-21),
# pkg/cmd/pulumi and sdk/go/common/env; of the language host: pulumi/pulumi-dotnet 5e61d9ad (2026-08-21), pulumi-language-dotnet/main.go.
api=https://api.digitalocean.com/v2
# A zone of the account: the program takes no name for which no authority issues a certificate, and none of an example (example.com).
zone=example.dev

say() { printf 'pulumi-up: %s\n' "$*" >&2; }

refuse() {
  printf '%s\n  fix: %s\n' "$1" "$2" >&2
  exit 1
}

need_program() { command -v "$1" > /dev/null || refuse "$1: is not on the PATH" "$2"; }

known_stacks() {
  find "$root" -maxdepth 1 -name 'Pulumi.*.yaml' -printf '%f\n' | sed 's/^Pulumi\.//; s/\.yaml$//' | sort | xargs
}

# prepare: a copy of the project with its packages, and the provider plugins: the last steps that need the network. The copy has
# other settings than the clone, and its state is its own.
prepare() {
  local project=$work/project provider version
  mkdir -p "$project" "$work/state"
  git -C "$root" ls-files -z --cached --others --exclude-standard | tar -C "$root" --null --files-from=- -c | tar -C "$project" -x
  # As the language host builds it (dotnet build -nologo PROJECT), so that its build finds everything restored.
  PulumiSdk=official dotnet build -nologo "$project/stacks" > "$work/build.log" 2>&1 \
    || refuse "the official Pulumi packages could not be restored: $work/build.log" \
      'dotnet nuget add source https://api.nuget.org/v3/index.json'
  (cd "$project" && ./infra preview --json > "$work/preview.log" 2>&1) \
    || refuse "./infra preview failed: $work/preview.log" 'the lines in that file'
  for provider in digitalocean command random tls; do
    version=$(sed -n "s/.*Include=\"Pulumi\.$provider\" Version=\"\([^\"]*\)\".*/\1/Ip" "$project/Directory.Packages.props")
    pulumi plugin install resource "$provider" "$version" --non-interactive \
      || refuse "the plugin $provider $version could not be installed" "pulumi plugin install resource $provider $version"
  done
}

# run WHAT COMMAND...: prints the step, and the output only on failure.
run() {
  local what=$1 log
  step=$((step + 1))
  log=$work/$stack.$(printf '%02d' "$step")-${what//[ \/]/-}.log
  shift
  say "$stack: $what"
  "$@" > "$log" 2>&1 || {
    tail -n 40 "$log" >&2
    refuse "$stack: $what failed: $log" 'the lines above'
  }
}

# cli ARGUMENT...: the CLI on the copy. Settings of a login, of updates and of the Pulumi Cloud stay out of it.
cli() {
  PULUMI_BACKEND_URL="file://$work/state" PULUMI_CONFIG_PASSPHRASE='' PULUMI_SKIP_UPDATE_CHECK=true \
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true PulumiSdk=official \
    pulumi --non-interactive --color never --cwd "$work/project" "$@"
}

# set_value PATH VALUE; set_text KEY VALUE: a text that looks like a number stays a text.
set_value() { cli config set --stack "$stack" --path "$1" "$2"; }
set_text() { cli config set --stack "$stack" "$1" "$2"; }

call() { curl -sS --fail-with-body -H "Authorization: Bearer $DIGITALOCEAN_TOKEN" -H 'Content-Type: application/json' "$@"; }

# settings: the stack's file for the lab: its digests and checksums, an address that programs inside have, no placeholder of an example,
# and a limit that has room for the changes.
settings() {
  local address endpoint
  set_text catalog "$INFRA_LAB_CATALOGS/$stack.json"
  set_text maxHourlyUsd 100
  address=$(curl -4sS https://checkip.amazonaws.com)
  set_value 'adminCidrs[0]' "$address/32"
  for endpoint in $(public_endpoints "$work/project/Pulumi.$stack.yaml"); do
    set_value "endpoints.$endpoint.domain" "$endpoint.$zone"
    set_value "endpoints.$endpoint.dnsZone" "$zone"
    set_value "endpoints.$endpoint.clientCidrs[0]" "$address/32"
  done
}

# public_endpoints FILE: names of the endpoints with access: public.
public_endpoints() {
  awk '/^    [A-Za-z0-9-]+:/ { name = $1; sub(":", "", name) } /^      access: public/ { print name }' "$1"
}

# requirements: what a stack expects in an account: a default VPC in its region, because DigitalOcean never deletes the first one; its
# zone; the tags of its callers.
requirements() {
  local region
  region=$(sed -n 's/^  inference:region: *//p' "$work/project/Pulumi.$stack.yaml")
  call "$api/vpcs?per_page=200" | jq -e --arg region "$region" '.vpcs | any(.region == $region)' > /dev/null \
    || call "$api/vpcs" -d "{\"name\": \"default-$region\", \"region\": \"$region\"}" > /dev/null
  if [[ -n $(public_endpoints "$work/project/Pulumi.$stack.yaml") ]]; then
    call "$api/domains/$zone" > /dev/null 2>&1 || call "$api/domains" -d "{\"name\": \"$zone\"}" > /dev/null
  fi
  sed -n '/clientTags:/,/^      [a-z]/s/^        - //p' "$work/project/Pulumi.$stack.yaml" | while read -r tag; do
    call "$api/tags" -d "{\"name\": \"$tag\"}" > /dev/null
  done
}

# live_of STACK: the whole life of a stack.
live_of() {
  stack=$1 step=0
  run 'what the account needs' requirements
  run init cli stack init "$stack" --secrets-provider passphrase
  run settings settings
  (cd "$work/project" && ./infra preview "$stack" --json) > "$work/$stack.said.json"
  run preview cli preview --stack "$stack"
  run up cli up --stack "$stack" --yes
  cli stack export --stack "$stack" > "$work/$stack.state.json"
  run 'comparison with ./infra preview' compare "$work/$stack.said.json" "$work/$stack.state.json"
  account > "$work/$stack.account.json"
  run 'comparison with the account' compare_account "$work/$stack.said.json" "$work/$stack.account.json"
  run 'preview without changes' cli preview --stack "$stack" --expect-no-changes
  run refresh cli refresh --stack "$stack" --yes --expect-no-changes
  changes
  run destroy cli destroy --stack "$stack" --yes --refresh
  account > "$work/$stack.after.json"
  run 'an empty account' is_empty "$work/$stack.after.json"
  run 'stack rm' cli stack rm "$stack" --yes --preserve-config
}

# account: its resources now. A list has GPU Droplets only if the request asks for them.
account() {
  jq -s '{droplets: (.[0].droplets + .[1].droplets | unique_by(.id)), firewalls: .[2].firewalls,
      load_balancers: .[3].load_balancers, volumes: .[4].volumes}' \
    <(call "$api/droplets?per_page=200") <(call "$api/droplets?per_page=200&type=gpus") <(call "$api/firewalls?per_page=200") \
    <(call "$api/load_balancers?per_page=200") <(call "$api/volumes?per_page=200")
}

# change WHAT REPLACED COMMAND...: makes a change of settings; REPLACED is the number of Droplets that it may replace.
change() {
  local what=$1 replaced=$2 found
  shift 2
  run "$what: settings" "$@"
  cli preview --stack "$stack" --json > "$work/$stack.change.json" \
    || refuse "$stack: $what: the preview failed" "the diagnostics in $work/$stack.change.json"
  found=$(replaced_droplets "$work/$stack.change.json")
  [[ $found == "$replaced" ]] \
    || refuse "$stack: $what replaces $found Droplets instead of $replaced" "see $work/$stack.change.json and docs/adr/0003"
  run "$what: up" cli up --stack "$stack" --yes --skip-preview
  run "$what: preview without changes" cli preview --stack "$stack" --expect-no-changes
}

# replaced_droplets FILE: of `pulumi preview --json` (pkg/display/json.go, PreviewDigest).
replaced_droplets() {
  jq '[.steps[] | select(.op == "replace" and (.urn | test("[$:]digitalocean:index/droplet:Droplet::")))] | length' "$1"
}

# another_size ENDPOINT: one that has room for the model: with as many GPUs, in a region of the stacks.
another_size() {
  local size
  case $(jq -r '.endpoints[0].size' "$work/$stack.said.json") in
    *x8-*) size=gpu-mi325x8-2048gb ;;
    gpu-l40sx1-48gb) size=gpu-6000adax1-48gb ;;
    *) size=gpu-l40sx1-48gb ;;
  esac
  set_value "endpoints.$1.size" "$size"
}

# changes: of each kind of docs/adr/0003 that the stack has. On its first endpoint.
changes() {
  local endpoint replicas public
  endpoint=$(jq -r '.endpoints[0].name' "$work/$stack.said.json")
  replicas=$(jq '.endpoints[0].replicas' "$work/$stack.said.json")
  public=$(public_endpoints "$work/project/Pulumi.$stack.yaml")
  # Otherwise a smaller context could choose a smaller size.
  change 'the size that it has' 0 set_value "endpoints.$endpoint.size" "$(jq -r '.endpoints[0].size' "$work/$stack.said.json")"
  change 'a number of the engine' 0 set_value "endpoints.$endpoint.contextLength" 2048
  change 'a client' 0 set_value "endpoints.$endpoint.clients[$(clients_of "$endpoint")]" another
  change 'a key of a person' 0 set_value 'adminSshKeys[0]' \
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDMIYqQ9kt1aDIPl6aQCr4DSTYoJBhiSKg+j7Qs3N6Zv person'
  change 'a web page' 0 set_value "endpoints.$endpoint.corsOrigins[0]" "https://app.$zone"
  change 'an address' 0 set_value 'adminCidrs[1]' 198.18.0.8/32
  change 'another replica' 0 set_value "endpoints.$endpoint.replicas" "$((replicas + 1))"
  change 'one replica less' 0 set_value "endpoints.$endpoint.replicas" "$replicas"
  change 'a Volume' "$replicas" set_value "endpoints.$endpoint.cacheVolumeGiB" 60
  change 'a larger Volume' 0 set_value "endpoints.$endpoint.cacheVolumeGiB" 70
  change 'another size' "$replicas" another_size "$endpoint"
  if [[ -n $public ]]; then
    change 'a domain' 0 set_value "endpoints.$public.domain" "other.$zone"
  fi
}

# clients_of ENDPOINT: number of its clients in the stack's file; without any there is one, named default, which the first entry replaces.
clients_of() {
  awk -v endpoint="    $1:" '
    /^    [a-zA-Z]/ { inside = ($0 == endpoint) }
    /^      [a-z]/ { list = /^      clients:/ }
    inside && list && /^        - / { n++ }
    END { print n + 0 }' "$work/project/Pulumi.$stack.yaml"
}

# compare SAID STATE: resources of `./infra preview --json` and of `pulumi stack export`, by type and name; prints what only one of
# them has.
compare() {
  diff --label 'what ./infra preview said' --label 'what pulumi up created' \
    <(jq -r '.resources[] | select(.type != "pulumi:pulumi:Stack") | "\(.type) \(.name)"' "$1" | sort) \
    <(jq -r '.deployment.resources[] | select((.type | startswith("pulumi:")) | not) | select(.delete != true)
      | "\(.type) \(.urn | split("::")[-1])"' "$2" | sort)
}

# compare_account SAID ACCOUNT: Droplets by name, size, region and image; names of firewalls and load balancers; names and sizes of Volumes.
compare_account() {
  # shellcheck disable=SC2016 # Variables of jq.
  local of='def of($kind): .resources[] | select(.type | endswith(":" + $kind)) | .inputs;'
  diff --label 'what ./infra preview said' --label 'what the account has' \
    <(jq -r "$of"' (of("Droplet") | "droplet \(.name) \(.size) \(.region) \(.image)"),
      (of("Firewall") | "firewall \(.name)"), (of("LoadBalancer") | "load balancer \(.name)"),
      (of("Volume") | "volume \(.name) \(.size)")' "$1" | sort) \
    <(jq -r '(.droplets[] | "droplet \(.name) \(.size_slug) \(.region.slug) \(.image.slug)"),
      (.firewalls[] | "firewall \(.name)"), (.load_balancers[] | "load balancer \(.name)"),
      (.volumes[] | "volume \(.name) \(.size_gigabytes)")' "$2" | sort)
}

# is_empty ACCOUNT: prints what is left.
is_empty() {
  jq -e 'if [.[]] | flatten | length == 0 then true else (map_values(map(.name // .id)) | halt_error(1)) end' "$1"
}
