#compdef gradcalc
# Completion of gradcalc for zsh. What may follow is asked of the program itself.
_gradcalc() {
    local kind text says before="" files=""
    local -a whole part
    while IFS=$'\t' read -r kind text says; do
        text=${text//:/\\:}
        case $kind in
            (word) whole+=("$text${says:+:$says}") ;;
            (open) part+=("$text${says:+:$says}") ;;
            (files) files=1 before=${text//\\:/:} ;;
        esac
    done < <(${~words[1]} --complete-line "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
    (( $#whole )) && _describe -t words word whole
    (( $#part )) && _describe -t names name part -S ''
    if [[ -n $files ]]; then
        [[ -n $before ]] && compset -P "${(b)before}"
        _files
    fi
}
if [ "$funcstack[1]" = "_gradcalc" ]; then
    _gradcalc "$@"
else
    compdef _gradcalc gradcalc
fi
