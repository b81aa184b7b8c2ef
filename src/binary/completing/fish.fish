# Completion of gradcalc for fish. What may follow is asked of the program itself.
function __gradcalc_complete
    set -l program (commandline -opc)[1]
    for line in ($program --complete-line (commandline -cp | string collect) 2>/dev/null)
        set -l parts (string split -m 2 \t -- $line)
        switch $parts[1]
            case word open
                printf '%s\t%s\n' $parts[2] "$parts[3]"
            case files
                set -l typed (commandline -ct)
                set -l path (string sub -s (math (string length -- "$parts[2]") + 1) -- $typed)
                for file in (__fish_complete_path $path)
                    printf '%s%s\n' "$parts[2]" $file
                end
        end
    end
end
complete -c gradcalc -f -a '(__gradcalc_complete)'
