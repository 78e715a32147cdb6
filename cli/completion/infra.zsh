# zsh: source <(./infra completion zsh)
# Completes `infra` and `./infra`: names of commands, options and their values, stacks.
_infra() {
  local -a found
  found=("${(@f)$("${words[1]}" complete "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  compadd -- $found
}
compdef _infra infra ./infra
