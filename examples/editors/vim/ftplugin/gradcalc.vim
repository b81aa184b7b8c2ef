" What Vim's own commands need to know of gradcalc's scripts: remarks, and `:make`, which runs the script and lists its faults.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal makeprg=gradcalc\ --color\ never\ -f\ %:S
setlocal errorformat=%E%trror:\ %m,%C\ %#-->\ %f:%l:%c,%C%.%#,%-G%.%#
let b:undo_ftplugin = "setlocal comments< commentstring< makeprg< errorformat<"
