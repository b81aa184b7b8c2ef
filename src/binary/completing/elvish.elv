# Completion of gradcalc for elvish. What may follow is asked of the program itself.
use str

set edit:completion:arg-completer[gradcalc] = {|@words|
    fn quoted {|word| put "'"(str:replace "'" "'\\''" $word)"'" }
    var line = (str:join ' ' [(each $quoted~ $words)])
    (external $words[0]) --complete-line $line 2>/dev/null | from-lines | each {|answer|
        var kind text says = (str:split &max=3 "\t" $answer"\t\t")
        if (eq $kind word) {
            edit:complex-candidate &display=$text'  '(str:trim-space $says) $text
        } elif (eq $kind open) {
            edit:complex-candidate &code-suffix='' $text
        } elif (eq $kind files) {
            edit:complete-filename $words[-1][(count $text)..] | each {|file|
                if (eq $text '') { put $file } else { edit:complex-candidate &code-suffix='' $text$file[stem] }
            }
        }
    }
}
