# Writes each answer as a JSON line to $folder/answers.jsonl, and the report from them. Masks secrets first.
# shellcheck shell=bash

readonly longest_detail=20000

# secret VALUE...: values that must never be written; stored in a file that only this user can read.
secret() {
  printf '%s\036' "$@" | jq -Rs 'split("\u001e")[] | select(length > 0)' >> "$work/secrets"
}

# Masks known secrets, and everything in the form of one: tokens of DigitalOcean, Hugging Face and GitHub, bearer headers, private keys.
# shellcheck disable=SC2016 # jq's own names
readonly masked='
  def masked:
    reduce ($secrets[] | select(length > 3)) as $secret (.; split($secret) | join("***"))
    | gsub("-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\\s\\\\]*(-----END [A-Z ]*PRIVATE KEY-----)?"; "***")
    | gsub("do[opr]_v1_[0-9a-f]{16,}|hf_[A-Za-z0-9]{16,}|gh[a-z]_[A-Za-z0-9]{16,}"; "***")
    | gsub("(?<word>[Bb]earer +)[A-Za-z0-9._~+/=-]{8,}"; .word + "***");'

# mask: a filter.
mask() {
  jq -Rrsj --slurpfile secrets "$work/secrets" "$masked masked"
}

# record ID REFERENCES QUESTION STATUS SECONDS: adds an answer; its text is $answer, its detail is in $work/detail.
record() {
  local recorded
  recorded=$(jq -nrc --slurpfile secrets "$work/secrets" --arg id "$1" --arg references "$2" --arg question "$3" --arg status "$4" --argjson seconds "$5" \
    --arg at "$(date -u +%FT%TZ)" --argjson longest "$longest_detail" --rawfile answer <(printf %s "$answer") --rawfile detail "$work/detail" "$masked"'
    {$id, references: ($references | split(" ")), $question, $status, answer: ($answer | masked), $seconds, $at, detail: ($detail | masked)[:$longest]}
    | ., .answer')
  printf '%s\n' "${recorded%%$'\n'*}" >> "$folder/answers.jsonl"
  printf 'live: %-18s %-10s %s\n' "$1" "$4" "${recorded#*$'\n'}" >&2
}

# ask ID REFERENCES QUESTION FUNCTION: one question. The function prints the detail and sets answer. It returns 0 for an answer, 3 if the question does not
# apply, anything else for a failure. The next question always follows.
ask() {
  local id=$1 references=$2 question=$3 began status=answered code=0
  answer=
  : > "$work/detail"
  began=$(elapsed)
  asking=("$id" "$references" "$question")
  if ((began >= deadline)); then
    answer="the run's time was up"
    asking=()
    record "$id" "$references" "$question" skipped 0
    return 0
  fi
  "$4" > "$work/detail" 2>&1 || code=$?
  case $code in
    0) ;;
    3) status=skipped ;;
    *)
      status=failed
      failed=$((failed + 1))
      ;;
  esac
  [[ -n $answer ]] || answer=$(grep -v '^ *$' "$work/detail" | tail -n 1 | head -c 300) || true
  asking=()
  record "$id" "$references" "$question" "$status" "$(($(elapsed) - began))"
}

# fact [NAME VALUE]...: facts of the run that are not answers: prices, times, leftovers.
fact() {
  printf '%s\036' "$@" | jq -Rsc --slurpfile secrets "$work/secrets" \
    "$masked"'split("\u001e") | range(0; length - 1; 2) as $i | {(.[$i]): (.[$i + 1] | masked | (tonumber? // .))}' >> "$folder/facts.jsonl"
}

# write_report: writes report.json and report.md from the answers so far.
write_report() {
  touch "$folder/answers.jsonl" "$folder/facts.jsonl"
  mkdir -p "$folder/report"
  jq -n --slurpfile facts "$folder/facts.jsonl" --slurpfile answers "$folder/answers.jsonl" \
    '{schema: 1} + ($facts | add // {}) + {answers: $answers}' > "$folder/report/report.json"
  jq -r '
    def cell: gsub("[\\n|]"; " ");
    "# Live run of \(.startedAt // "?")\n",
    "| | |", "|---|---|",
    (del(.answers, .schema) | to_entries[] | "| \(.key) | \(.value | tostring | cell) |"),
    "\n| question | findings | status | answer | s |", "|---|---|---|---|---|",
    (.answers[] | "| \(.question | cell) | \(.references | join(" ")) | \(.status) | \(.answer | cell) | \(.seconds) |"),
    (.answers[] | select(.detail | length > 0) | "\n## \(.id): \(.question)\n\n~~~~text\n\(.detail | gsub("~~~~"; "~~~"))\n~~~~")
  ' "$folder/report/report.json" > "$folder/report/report.md"
}
