# Whether preview and refresh leave a running stack unchanged.
# shellcheck shell=bash

# quiet_preview LOG
quiet_preview() {
  local code=0
  pulumi_do "$1" "$(remaining 900)" preview --diff --expect-no-changes || code=$?
  log_end "$1" 60
  if ((code)); then
    answer='preview wants changes, see below'
  else
    answer='no changes'
  fi
}

converge_twice() {
  quiet_preview preview-1
  [[ $answer == 'no changes' ]] || return 0
  quiet_preview preview-2
}

converge_refresh() {
  pulumi_do refresh "$(remaining 900)" refresh --yes --skip-preview || {
    log_end refresh
    answer='pulumi refresh failed'
    return 1
  }
  log_end refresh
  quiet_preview preview-3
}

converge_size_unit() {
  case $region in
    nyc2 | ams2 | sfo1) ;;
    *)
      answer="not in $region: regions without size units are nyc2, ams2 and sfo1"
      return 3
      ;;
  esac
  grep -nE 'size(Unit)?:' "$folder/logs/preview-3.log" || true
  answer="after the refresh preview shows $(grep -cE '[~+-] size(Unit)?:' "$folder/logs/preview-3.log" || true) changes of a size"
}

ask_convergence() {
  # This Droplet may be the last one that the region had.
  pulumi_do config "$(remaining 60)" config set ignoreAvailability true || true
  ask preview-twice 'P04 R16' 'Does preview report no change, twice?' converge_twice
  ask preview-refresh 'P15 P04' 'Does it report no change after a refresh?' converge_refresh
  ask size-unit 'P15' 'Where there are no size units: is one read back and sent?' converge_size_unit
}
