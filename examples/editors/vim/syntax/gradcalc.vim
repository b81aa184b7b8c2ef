" Vim syntax file of gradcalc's scripts.
" Made by gradcalc out of its gates and statements; do not edit.
if exists("b:current_syntax")
  finish
endif
scriptencoding utf-8

syn case match
syn sync fromstart

" Of what begins at one place, the last holds.
syn cluster gradcalcEnclosed contains=gradcalcBracket,gradcalcCall,gradcalcComment,gradcalcConstant,gradcalcDivider,gradcalcGate,gradcalcKey,gradcalcLibrary,gradcalcName,gradcalcNumber,gradcalcOperator,gradcalcParameter,gradcalcText,gradcalcWord,gradcalcGroup,gradcalcList,gradcalcBlock
syn region gradcalcGroup matchgroup=gradcalcBracket start=/\V(/ end=/\V)/ contains=@gradcalcEnclosed
syn region gradcalcList matchgroup=gradcalcBracket start=/\V[/ end=/\V]/ contains=@gradcalcEnclosed
syn region gradcalcBlock matchgroup=gradcalcBracket start=/\V{/ end=/\V}/ contains=TOP
syn match gradcalcDivider /\v%([,;:])/
syn match gradcalcOperator /\v%([!%'*+\-\/<=>@\^±²³·¹×÷–⁰⁴⁵⁶⁷⁸⁹⁻−√≠≤≥⋅])/
syn match gradcalcName /\v%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)/
syn match gradcalcConstant /\v%(∞|°)/
syn match gradcalcConstant /\v%(%(False|None|True|deg|inf|tau|pi|π|τ|e)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)/
syn match gradcalcCall /\v%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*\()@=/
syn match gradcalcGate /\v%(%(erfcx_derivative|sinc_derivative|stop_gradient|log_sigmoid|leaky_relu|logsigmoid|logaddexp|logsumexp|polygamma|transpose|linspace|log1mexp|softplus|digamma|nonzero|reshape|sigmoid|softmax|arange|argmax|argmin|concat|cumsum|detach|expand|lgamma|logdet|matmul|onehot|acosh|asinh|atan2|atanh|clamp|erfcx|expm1|floor|gamma|hypot|log10|log1p|outer|randn|range|recip|round|sigma|solve|swish|trace|where|xlogy|zeros|acos|asin|atan|cbrt|ceil|cosh|diag|erfc|exp2|gelu|load|log2|mean|norm|ones|prod|rand|relu|sign|silu|sinc|sinh|size|sqrt|tanh|abs|add|cos|det|div|dot|elu|erf|exp|eye|inv|log|max|min|mod|mul|neg|pow|sin|sqr|std|sub|sum|tan|var|eq|ge|gt|le|ln|lt|ne|σ|d)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*\()@=/
syn match gradcalcParameter /\v%(%(keepdims|axis)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*\=%(\=)@!)@=/
syn match gradcalcWord /\v%(%(else|for|if)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)/
syn match gradcalcWord /\v%(%(%(for)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*)@<=%(%(in)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)/
syn match gradcalcParameter /\v%(%(%(for)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*%(%(in)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!))@=/
syn match gradcalcWord /\v%(%(for)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(%(in)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!))@=/
syn match gradcalcGate /\v%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)/
syn match gradcalcLibrary /\v%(%(numpy|scipy|torch|math|jax|jnp|np)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\.)@=/
syn match gradcalcOperator /\v%(\.\.|\.T%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)/
syn match gradcalcNumber /\v%(%(\d+%(_\d+)*%(\.%(\.)@!%(\d+%(_\d+)*)?)?|\.\d+%(_\d+)*)%([eE][-+−–]?\d+%(_\d+)*)?)/
syn match gradcalcKey /\v%(%([\[{, \t])@<='[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*'%(\s*[:\]])@=)/
syn match gradcalcNumber /\v%(float\('-?%(inf|nan)'\))/
syn match gradcalcText /\v%("[^"]*")/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(%(return)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)/
syn match gradcalcOpeningDefined /\v%(%(^|[;{:])\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*[-+*\/−]\=)@=/
syn match gradcalcOpeningDefined /\v%(%(^|[;{:])\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*\=%(\=)@!)@=/
syn match gradcalcOpeningBracket /\v%(%(^|[;{:])\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(\()\s*%([^()#]*)\s*)@<=%(\))%(\s*\=%(\=)@!)@=/
syn match gradcalcOpeningParameter /\v%(%(^|[;{:])\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(\()\s*)@<=%([^()#]*)%(\s*%(\))\s*\=%(\=)@!)@=/
syn match gradcalcOpeningBracket /\v%(%(^|[;{:])\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*)@<=%(\()%(\s*%([^()#]*)\s*%(\))\s*\=%(\=)@!)@=/
syn match gradcalcOpeningFunction /\v%(%(^|[;{:])\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*%(\()\s*%([^()#]*)\s*%(\))\s*\=%(\=)@!)@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@=/
syn match gradcalcOpeningSetting /\v%(%(^|[;{:])\s*%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningGiven /\v%(%(^|[;{:])\s*%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*)@<=%(%(\[[^\]]*\]|[^;# \t\[}])%(\[[^\]]*\]|[^;#\[}])*)/
syn match gradcalcOpeningSetting /\v%(%(^|[;{:])\s*%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*%(%(\[[^\]]*\]|[^;# \t\[}])%(\[[^\]]*\]|[^;#\[}])*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(set%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(%(\[[^\]]*\]|[^;# \t\[}])%(\[[^\]]*\]|[^;#\[}])*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(repeat%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]|[0-9.]))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(print%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]|[0-9.(\["√]|[-+−–]%(\=)@!))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(include%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*")@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*))@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*)@<=%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)%(\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(import%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*))@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*)@<=%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningLibrary /\v%(%(^|[;{:])\s*%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)%(\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(from%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*%(\.[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)*)\s*%(%(import|as)%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%(\*|[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@=/
syn match gradcalcOpeningBracket /\v%(%(^|[;{:])\s*%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(\()\s*%([^()#]*)\s*)@<=%(\))/
syn match gradcalcOpeningParameter /\v%(%(^|[;{:])\s*%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(\()\s*)@<=%([^()#]*)%(\s*%(\)))@=/
syn match gradcalcOpeningBracket /\v%(%(^|[;{:])\s*%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*)@<=%(\()%(\s*%([^()#]*)\s*%(\)))@=/
syn match gradcalcOpeningFunction /\v%(%(^|[;{:])\s*%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*%(\()\s*%([^()#]*)\s*%(\)))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(def%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*%(\()\s*%([^()#]*)\s*%(\)))@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(const%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*[^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@=/
syn match gradcalcOpeningDefined /\v%(%(^|[;{:])\s*%(const%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)\s*)@<=%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)%(\s*\=%(\=)@!)@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(const%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞][^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]*)\s*\=%(\=)@!)@=/
syn match gradcalcOpeningStatement /\v%(%(^|[;{:])\s*)@<=%(assert%([^\x01-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞])@!)%(\s*%([^\x01-\x40\x5b-\x5e\x60\x7b-\x7f·⋅×÷√≤≥≠−–±²³¹⁰⁴-⁹⁻°∞]|[0-9.(\["√]|[-+−–]%(\=)@!))@=/
syn match gradcalcComment /\v%(#.*)/

hi def link gradcalcBracket Delimiter
hi def link gradcalcComment Comment
hi def link gradcalcConstant Constant
hi def link gradcalcDivider Delimiter
hi def link gradcalcGate Function
hi def link gradcalcKey String
hi def link gradcalcLibrary Include
hi def link gradcalcNumber Number
hi def link gradcalcOpeningBracket Delimiter
hi def link gradcalcOpeningDefined Identifier
hi def link gradcalcOpeningFunction Function
hi def link gradcalcOpeningGiven Constant
hi def link gradcalcOpeningLibrary Include
hi def link gradcalcOpeningParameter Identifier
hi def link gradcalcOpeningSetting Type
hi def link gradcalcOpeningStatement Statement
hi def link gradcalcOperator Operator
hi def link gradcalcParameter Identifier
hi def link gradcalcText String
hi def link gradcalcWord Conditional

let b:current_syntax = "gradcalc"
