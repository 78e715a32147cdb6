# The settings of a run from the environment, and the stack file with them.
# shellcheck shell=bash

check_settings() {
  [[ $stack =~ ^live(-[a-z0-9-]{1,20})?$ ]] || refuse "LIVE_STACK: '$stack' must be live, or live- and at most 20 letters, digits and hyphens" 'unset LIVE_STACK'
  [[ $region =~ ^[a-z]{3}[0-9]$ ]] || refuse "LIVE_REGION: '$region' must be a region's slug, such as tor1" 'LIVE_REGION=tor1 live/run'
  [[ $size =~ ^gpu-[a-z0-9-]+$ ]] || refuse "LIVE_SIZE: '$size' must be the slug of a GPU size" 'LIVE_SIZE=gpu-4000adax1-20gb live/run'
  [[ $minutes =~ ^[1-9][0-9]{1,2}$ ]] || refuse "LIVE_MINUTES: '$minutes' must be a number from 10 to 999" 'LIVE_MINUTES=150 live/run'
  [[ $cap =~ ^[0-9]{1,4}(\.[0-9]{1,2})?$ ]] || refuse "LIVE_MAX_USD: '$cap' must be an amount such as 3 or 2.50" 'LIVE_MAX_USD=3 live/run'
  [[ -z $domain || $domain =~ ^[a-z0-9-]+(\.[a-z0-9-]+)+$ ]] || refuse "LIVE_DOMAIN: '$domain' must be a host name in a zone at DigitalOcean, such as llm.example.com" 'unset LIVE_DOMAIN'
}

# write_stack_file LIMIT: writes Pulumi.STACK.yaml from live/stack.yaml, with the highest price in USD per hour. The values are checked: none can inject
# YAML.
write_stack_file() {
  sed -e "s|inference:region: .*|inference:region: $region|" -e "s|203\.0\.113\.7/32|$admin|" -e "s|size: .*|size: $size|" \
    -e "s|inference-run-live|inference-run-$stack|" -e "s|inference:maxHourlyUsd: .*|inference:maxHourlyUsd: \"$1\"|" live/stack.yaml > "Pulumi.$stack.yaml"
  wrote_stack_file=yes
}

# keep: stores what `live/run end` needs after a kill.
keep() {
  declare -p created droplets usd_per_hour region size domain > "$folder/values"
}
