" Scripts of gradcalc end in .grad, or name it in their first line.
autocmd BufRead,BufNewFile *.grad setfiletype gradcalc
autocmd BufRead * if getline(1) =~# '^#!.*\<gradcalc\>' | setfiletype gradcalc | endif
