" Whether Vim colours what it should: run by `vim -es -u NONE -S tests/editors.vim`, it ends with 0, or tells what differs and ends with 1.
set nocompatible encoding=utf-8
let &runtimepath = 'examples/editors/vim,' . $VIMRUNTIME
filetype plugin on
syntax on
scriptencoding utf-8

" A line, and for each word of it that is looked for, the group.
let s:lines = [
  \ ['#!/usr/bin/env -S gradcalc -f', [['usr', 'Comment']]],
  \ ['x = 1_000; y = -1e-3 # a "remark"', [['x', 'OpeningDefined'], ['=', 'Operator'], ['1_000', 'Number'], ['_000', 'Number'], ['; ', 'Divider'], ['y', 'OpeningDefined'], ['-1', 'Operator'], ['1e-3', 'Number'], ['-3', 'Number'], ['"rem', 'Comment']]],
  \ ['const k = 2.5', [['const', 'OpeningStatement'], ['k', 'OpeningDefined']]],
  \ ['f(x, y) = sigma(x)*y', [['f', 'OpeningFunction'], ['x, y', 'OpeningParameter'], ['sigma', 'Gate'], ['(x)', 'Bracket'], ['x)*', 'Name'], ['*', 'Operator']]],
  \ ['def g(a, b):', [['def', 'OpeningStatement'], ['g', 'OpeningFunction'], ['a, b', 'OpeningParameter'], [':', 'Divider']]],
  \ ['    return np.exp(a) if a > 0 else {"k": b}', [['return', 'OpeningStatement'], ['np', 'Library'], ['.exp', 'Gate'], ['if', 'Word'], ['else', 'Word']]],
  \ ['', []],
  \ ['w -= 0.1*d(f, w); w', [['w', 'OpeningDefined'], ['-=', 'Operator'], ['d(', 'Gate']]],
  \ ['repeat 10 { x -= 1; print "x", x }', [['repeat', 'OpeningStatement'], ['10', 'Number'], ['{', 'Bracket'], ['x -', 'OpeningDefined'], ['print', 'OpeningStatement'], ['"x"', 'Text'], ['x }', 'Name']]],
  \ ['set view brief; set + 1', [['set view', 'OpeningStatement'], ['view', 'OpeningSetting'], ['brief', 'OpeningGiven'], ['set +', 'Name']]],
  \ ['sum(W[i, 0] for i in 1..10)', [['sum', 'Gate'], ['[', 'Bracket'], ['i,', 'Name'], ['for', 'Word'], ['i in', 'Parameter'], ['in 1', 'Word'], ['1..', 'Number'], ['..', 'Operator'], ['10', 'Number']]],
  \ ['M = [1, 2;', [['1', 'Number']]],
  \ ['const, 4]', [['const', 'Name'], [']', 'Bracket']]],
  \ ['import numpy as np', [['import', 'OpeningStatement'], ['numpy', 'OpeningLibrary'], ['as', 'OpeningStatement'], ['np', 'OpeningLibrary']]],
  \ ['λ2 = √2·π + 30° + W.T', [['λ2', 'OpeningDefined'], ['√', 'Operator'], ['·', 'Operator'], ['π', 'Constant'], ['°', 'Constant'], ['.T', 'Operator']]],
  \ ['sum(x, axis=0) + e2 + e', [['axis', 'Parameter'], ['e2', 'Name'], ['e', 'Name']]],
  \ ['assert x == 1 ± 1e-6; include "other.grad"', [['assert', 'OpeningStatement'], ['==', 'Operator'], ['±', 'Operator'], ['include', 'OpeningStatement'], ['other', 'Text']]],
  \ ]

let s:file = tempname() . '.grad'
call writefile(map(copy(s:lines), 'v:val[0]'), s:file)
execute 'edit' fnameescape(s:file)
let s:faults = []
if &filetype !=# 'gradcalc' || &commentstring !=# '# %s'
  call add(s:faults, 'a script is no file of gradcalc''s: ' . &filetype)
endif
for s:line in range(1, len(s:lines))
  let [s:text, s:words] = s:lines[s:line - 1]
  let s:from = 0
  for [s:word, s:group] in s:words
    let s:at = stridx(s:text, s:word, s:from)
    let s:found = s:at < 0 ? 'nowhere' : synIDattr(synID(s:line, s:at + 1, 1), 'name')
    if s:found !=# 'gradcalc' . s:group
      call add(s:faults, s:line . ': `' . s:word . '` is ' . s:found . ', not ' . s:group)
    endif
    let s:from = max([s:at, s:from])
  endfor
endfor
" A script without the ending is known by its first line.
let s:script = tempname()
call writefile(['#!/usr/bin/env -S gradcalc -f', 'x = 3'], s:script)
execute 'edit' fnameescape(s:script)
if &filetype !=# 'gradcalc'
  call add(s:faults, 'its first line does not tell a script: ' . &filetype)
endif
if !empty(s:faults)
  call writefile(s:faults, '/dev/stderr')
  cquit
endif
quitall!
