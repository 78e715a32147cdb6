# bash: source <(./infra completion bash)
# Completes `infra` and `./infra`: names of commands, options and their values, stacks.
_infra() {
  local word=${COMP_WORDS[COMP_CWORD]} line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == "$word"* ]]; then
      COMPREPLY+=("$line")
    fi
  done < <("${COMP_WORDS[0]}" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o default -F _infra infra ./infra
