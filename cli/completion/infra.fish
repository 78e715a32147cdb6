# fish: ./infra completion fish | source
# Completes `infra` and `./infra`: names of commands, options and their values, stacks.
function __infra_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor) (commandline --current-token --cut-at-cursor)
    $words[1] complete $words[2..-1] 2>/dev/null
end
complete --command infra --no-files --arguments '(__infra_complete)'
