# Completion of gradcalc for bash. What may follow is asked of the program itself.
_gradcalc() {
    local kind text typed="" keep="" goes_on=1 files="" before="" file
    local line=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    while IFS=$'\t' read -r kind text _; do
        case $kind in
            typed)
                # Readline replaces what stands behind the last sign that breaks words, such as `=`.
                typed=$text
                keep=${typed%"$2"}
                ;;
            word | open)
                [ "$kind" = open ] || goes_on=""
                _gradcalc_offer "${text#"$keep"}"
                ;;
            files)
                files=1
                before=$text
                ;;
        esac
    done < <("${1/#\~\//$HOME/}" --complete-line "$line" 2>/dev/null)
    if [ -n "$files" ] && [ "$keep" = "$before" ]; then
        # Readline knows itself what to do with the name of a file.
        goes_on=""
        compopt -o filenames 2>/dev/null
        while IFS= read -r file; do
            COMPREPLY+=("$file")
        done < <(compgen -f -- "${typed#"$before"}")
    elif [ -n "$files" ]; then
        while IFS= read -r file; do
            if [ -d "$file" ]; then
                file=$file/
            else
                goes_on=""
            fi
            _gradcalc_offer "${before#"$keep"}$file"
        done < <(compgen -f -- "${typed#"$before"}")
    fi
    [ -z "$goes_on" ] || compopt -o nospace 2>/dev/null
}

# Signs that mean something to the shell are quoted.
_gradcalc_offer() {
    local text=$1
    [ -z "${text//[a-zA-Z0-9_=.,:@\/+%-]/}" ] || printf -v text '%q' "$text"
    COMPREPLY+=("$text")
}

complete -o nosort -F _gradcalc gradcalc 2>/dev/null || complete -F _gradcalc gradcalc
