"""Makes seconds.jsonl: expressions with their true values, gradients and second derivatives, by mpmath, which reads the text itself.

Run it as `python seconds.py > seconds.jsonl`. The reading, the names and the expressions of science and of nasty numerics are those
of digits.py; the others were composed at random, at points that are hard: tiny, huge, and near where something ends. Numbers of
the text and of the inputs are the binary64 numbers that they are read as. Second derivatives are differences in 700 digits over two
steps that agree, on both sides. What has no real value there is left out, and so are points where a slope or a second derivative jumps.
"""
import json
import sys
from mpmath import mp, mpf, mpc
import mpmath as m
import digits
from digits import binary, code, found

STEPS = [mpf(10) ** -150, mpf(10) ** -170]
# Below this part of the value second differences that do not agree are what the steps left.
NOTHING = mpf(10) ** -135

# Names that random expressions have besides.
digits.NAMES.update({"logit": lambda x: m.log(x / (1 - x))})

FOUND = [
    ("(((x + x) - (y + 0.5)) / exp2(logsumexp([y, 3])))", "x=-1.2063000316648548e-06 y=2.3067484388712796"),
    ("(norm([y, y]) / norm([2, x]))", "x=-0.38717355204156834 y=-3.2025980405118846e-06"),
    ("(sigma((y - x)) ^ log((2 + 0.5)))", "x=-0.4337972454409892 y=2.949885982645436"),
    ("erf(asin(x))", "x=-7.04980085217591e-12"),
    ("(elu((hypot(2, 2) / (0.5 ^ y))) / sqrt(hypot(cosh(x), softplus(3))))", "x=5.177371062220651e-05 y=138.25882041420462"),
    ("(asin(atanh(x)) / (max(3, 3) ^ (2 * x)))", "x=0.00028823136897285396"),
    ("digamma(elu(lgamma(exp(x))))", "x=0.07197797024751111"),
    ("(max(0.5, 2) / norm([y, x]))", "x=-1.9894734939183696e-11 y=2.771511537634396e-10"),
    ("(norm([sin(2), (y - x)]) * cbrt((0.5 / 3)))", "x=-0.16336321169168871 y=-2.1598073969901455"),
    ("(log1p(exp2(x)) - sin(atan2(3, 0.5)))", "x=-51.450078010794876"),
    ("(norm([logsumexp([y, x]), tan(0.5)]) * (elu(y) / tan(y)))", "x=9.296434173413077e-12 y=1.5624226505534044e-06"),
    ("log1p(cbrt(digamma(x)))", "x=1.7165371170754098"),
    ("max(hypot(sinh(y), cos(2)), atanh((x * y)))", "x=1.5011282958649083e-05 y=-82.26080333055366"),
    ("erfc(expm1((x - 2)))", "x=0.008400315000734073"),
    ("((hypot(x, 3) - log(y)) / (silu(y) + logsumexp([x, 0.5])))", "x=-1.0667882743495199e-10 y=1.9360052922574733"),
    ("norm([max((logsumexp([x, 2]) * atan2(2, 2)), softplus(log(3))), erf(log2(abs(x)))])", "x=1.6704927852778848e-08"),
    ("atan(logsumexp([hypot(x, x), log10(3)]))", "x=224.23071392081192"),
    ("sigma(logsumexp([tanh(digamma(x)), log2(silu(y))]))", "x=1.5662788566679007 y=0.7332724806084459"),
    ("log10(norm([lgamma(x), asinh(3)]))", "x=-189.26589149865612"),
    ("digamma(logsumexp([tan(x), tan(3)]))", "x=6.858680657415114e-11"),
    ("logsumexp([hypot(cos(y), (x + 2)), (softplus(x) / (x / 3))])", "x=-2.123418084893537 y=2.9298898145021273"),
    ("(silu(atan((x / x))) ^ (max(exp(x), sigma(x)) ^ exp2((x / x))))", "x=-27.5472888908355"),
    ("lgamma(logsumexp([max(erfc(x), hypot(3, x)), softplus(max(3, 3))]))", "x=0.49050021903514396"),
    ("abs(log(norm([lgamma(x), (3 * 2)])))", "x=1.7136549873323605"),
    ("tan(((y / 0.5) / (0.5 - x)))", "x=-4.66378643460825e-11 y=-2.8191005528893722"),
    ("erfc((asin(expm1(y)) / max(max(2, x), exp(x))))", "x=-3.714539738455116e-08 y=-183.83016809636104"),
    ("sigma(expm1(exp2(x)))", "x=2.605201312560755e-11"),
    ("tanh(sqrt(max((3 - x), softplus(3))))", "x=-2.2199650930906225"),
    ("erf(norm([tan(x), (x / 3)]))", "x=0.018368385567774675"),
    ("hypot((tanh(y) / (x / x)), hypot(norm([x, 0.5]), tanh(y)))", "x=1.6263802188952468 y=0.5784763556874343"),
    ("erfc((x ^ 2))", "x=1.785491649624809"),
    ("(((3 / y) * (y + 0.5)) - (atan(y) + (x - x)))", "x=1.181982112240055 y=2.230882396793682"),
    ("atan2(expm1((y + 2)), (max(x, x) - cos(2)))", "x=-0.9939960938338919 y=-1.7902129279056787"),
    ("atan2(max(gelu(0.5), (3 - 3)), (sinh(y) / atan2(0.5, x)))", "x=-1.9852465965924377 y=10.16960791396572"),
    ("hypot(log10(cbrt(hypot(y, 3))), atan2(tan(elu(y)), (sigma(2) ^ exp(x))))", "x=-1.736488161117743 y=-1.5450059747866483"),
    ("cos(lgamma((x / x)))", "x=-1.1518308906468884"),
    ("abs((sinh((y - 3)) * acosh(erfc(x))))", "x=0.8147960428243723 y=1.0757284509113336"),
    ("(tan((sinh(y) - log(0.5))) / expm1(max(tanh(3), silu(x))))", "x=3.5042700436192445e-11 y=0.0002464190697794881"),
    ("atan2(acosh(norm([sinh(3), gelu(x)])), erfc(max(tan(0.5), (2 / 3))))", "x=1.0753851298387214"),
    ("atan2((atan2(y, y) - (y ^ y)), cbrt(logsumexp([0.5, x])))", "x=-1.2644297165506098 y=1.0209353337748707e-08"),
    ("logsumexp([tan(y), (x + 2)])", "x=-3.2915689530712486e-12 y=-3.545261290351556e-05"),
    ("log(erf((x ^ 3)))", "x=1.7411714604900077"),
    ("asinh(sin(hypot(elu(y), (x + x))))", "x=0.004227627341088066 y=2.8344269398675743e-10"),
    ("tanh(hypot(0.5, x))", "x=133.20875869901155"),
    ("(digamma(log1p(x)) * ((0.5 ^ 0.5) / gelu(y)))", "x=1.100312091579707e-08 y=-4.578251795526408"),
    ("(cos((x / x)) + (norm([3, y]) / hypot(y, 0.5)))", "x=1.2220638075676393 y=2.4748973241691203"),
    ("(cbrt(max(x, y)) * abs(tan(y)))", "x=6.995660960621049 y=0.8171220213785397"),
    ("(asin(atan2(y, 2)) - (max(x, y) / silu(0.5)))", "x=-1.2729429664756913 y=0.0007945391688686265"),
    ("((y + x) / elu(y))", "x=3.4083818372363e-06 y=-6.353412128343396e-11"),
    ("hypot(log2(logsumexp([max(y, y), norm([y, y])])), elu((atan2(x, x) / softplus(x))))", "x=-0.24550001503052943 y=2.7759025842562792"),
    ("((elu(x) - (x / x)) / hypot(atan(2), (3 ^ y)))", "x=2.0870949798667815 y=-0.012495361159472475"),
    ("logsumexp([atan2(2, x), gamma(y)])", "x=1.6446965813144772 y=0.0004688779876473681"),
    ("(max(sqrt(x), exp2(0.5)) ^ log1p(expm1(y)))", "x=8.496617663043973e-09 y=-0.05516366547039678"),
    ("erf(norm([y, x]))", "x=-0.5273336345297687 y=-2.0673247981352243"),
    ("log(max((abs(2) * (x - y)), silu(sinh(0.5))))", "x=-8.596406757967118e-12 y=0.14106392959536285"),
    ("(atan2(atan2(sin(2), cos(x)), asinh(asinh(y))) ^ (exp(sigma(y)) + sigma((x + y))))", "x=-2.7953071005096085e-05 y=1.0019767037694344e-11"),
    ("hypot(max((3 + x), cosh(x)), softplus(erfc(x)))", "x=1.067872943823403e-08"),
    ("norm([max((x * y), (0.5 / 0.5)), ((y ^ y) * (y ^ y))])", "x=-2.47516249738267 y=0.5689793778818053"),
    ("(((2 + y) / hypot(0.5, x)) + log10(norm([2, 0.5])))", "x=-0.09715765185217157 y=-0.7299190123241817"),
    ("max(sin(x), norm([2, 0.5]))", "x=-2.6362931835309227"),
    ("exp2(exp2(atan2(x, 3)))", "x=209.79656746275697"),
    ("(atan2(max(x, 2), acos(x)) - atan((y + 0.5)))", "x=1.177489715684853e-12 y=-3.0627748441403857e-12"),
    ("expm1((3 + x))", "x=1.455824766695839e-05"),
    ("sinh((atan2(2, 0.5) + logsumexp([3, x])))", "x=-0.0018195757076288938"),
    ("exp2(acosh(acosh(x)))", "x=2.7258635641596802"),
    ("(asin(sqrt(y)) - erf(log1p(x)))", "x=1.479797499355833 y=1.57464728697792e-08"),
    ("elu(cosh(x))", "x=-19.015748198579235"),
    ("(tanh(x) + atan2(x, y))", "x=-0.0013265986953345892 y=-3.921000316159667e-06"),
    ("logsumexp([log2(cbrt((y - x))), cos(gamma(elu(x)))])", "x=-1.0542362986053497 y=2.564706359909585"),
    ("sin(norm([x, y]))", "x=-0.00187886987993323 y=-31.331130721417644"),
    ("silu(atan2(0.5, x))", "x=2.0824196246485487"),
    ("atan2(logsumexp([(2 ^ 2), digamma(x)]), atan2(digamma(0.5), hypot(3, x)))", "x=0.003209358018968874"),
    ("abs(digamma(sqrt(x)))", "x=-1.436879639909317e-11"),
    ("tanh((softplus(y) + atan(x)))", "x=-0.8992808645987422 y=5.357002922583789e-11"),
    ("lgamma((acos(sinh(3)) + ((x / 3) + atanh(x))))", "x=-0.0003780227016720214"),
    ("(max(sigma(x), (y * y)) - atan(sigma(2)))", "x=-1.5046504814449218 y=-2.6500524764450573"),
    ("(max(norm([log10(x), exp2(0.5)]), log2((x + 0.5))) * gelu(((y / 3) * atanh(y))))", "x=0.0008250979513246801 y=0.0004728612196508205"),
    ("(sin((y * y)) / exp((y / x)))", "x=2.795936136882373 y=2.2696556188018926"),
    ("atan2(sqrt(logsumexp([x, 0.5])), cos(atan2(x, 0.5)))", "x=-2.6332864136219545"),
    ("hypot(sqrt((0.5 / 3)), sin(max(2, x)))", "x=-2.7598555595276126"),
    ("sin((asinh(silu(0.5)) - tanh((x + x))))", "x=-1.3094280051160696"),
    ("(erf(sin((0.5 ^ y))) / lgamma((softplus(x) / silu(x))))", "x=2.340478271249902 y=-1.1182355962333224"),
    ("norm([asinh(tanh(0.5)), (silu(2) / (2 * x))])", "x=-0.10003044371451421"),
    ("cosh((x + 0.5))", "x=2.4200434618174844e-10"),
    ("(lgamma(exp(hypot(x, 2))) + tan(erf(sinh(0.5))))", "x=-1.7522807120690318"),
    ("hypot(sqrt(x), exp2(2))", "x=1.377007517491704"),
    ("log(max(sigma((0.5 * 0.5)), logsumexp([elu(x), (0.5 - y)])))", "x=-13.92084481085936 y=-8.258957936623267e-10"),
    ("atan2(hypot(hypot(0.5, x), tanh(3)), digamma(softplus(2)))", "x=1.5829157992948381e-12"),
    ("cosh(sigma(lgamma(x)))", "x=1.9863511733311705"),
    ("exp((x - 0.5))", "x=-0.07649205155337058"),
    ("log1p(sinh((x ^ 0.5)))", "x=4.0190442698922874e-07"),
    ("(((0.5 + y) - erfc(x)) ^ (sinh(y) + hypot(x, x)))", "x=1.2879767489735718e-07 y=2.3032133949268765"),
    ("(cos(atan2(x, 2)) / gamma(log10(0.5)))", "x=0.7754119911801134"),
    ("tan(((3 * 2) + logsumexp([x, 0.5])))", "x=96.06224005857379"),
    ("hypot((y * x), norm([y, y]))", "x=1.6264093315352537 y=-0.015746641442212907"),
    ("(hypot(asinh(y), norm([0.5, 0.5])) + (asinh(x) - sinh(2)))", "x=0.7211695196005685 y=277.7365546737652"),
    ("(logsumexp([norm([(0.5 * y), acosh(y)]), log((x - x))]) * log2(cbrt(silu(0.5))))", "x=-0.002952677656003843 y=6.1396542499612385"),
    ("(lgamma(logsumexp([atanh(3), atan(0.5)])) * ((abs(y) * gelu(3)) ^ atan2(atan2(3, y), sin(x))))", "x=-122.41262527335442 y=21.287569172911567"),
    ("asin(abs(x))", "x=3.616175798568034e-05"),
    ("log2(tanh(abs(x)))", "x=-2.487137014212189e-12"),
    ("cbrt(elu(sin(hypot(y, x))))", "x=-2.974588293793225 y=0.007377252572430841"),
    ("erfc((x + x))", "x=0.2997739592882587"),
    ("hypot((log10(2) ^ lgamma(y)), hypot(asin(x), sigma(x)))", "x=-0.44076120520273554 y=-9.28642052603235e-10"),
    ("tan((x * x))", "x=152.7472637814852"),
    ("erf(logsumexp([exp(x), norm([y, 3])]))", "x=-1.8508680093650836e-11 y=-3.241673484675984e-11"),
    ("(abs((2 - x)) * max(tanh(y), max(2, 3)))", "x=-1.0709015471148297e-05 y=2.6173313907155604"),
    ("(hypot(atan(x), norm([x, x])) ^ ((2 + 0.5) - (2 ^ y)))", "x=-4.22325150867706e-10 y=-1.983663075599019"),
    ("elu(silu(x))", "x=-1.8011780506517203"),
    ("((asinh(sin(2)) - silu((3 * x))) ^ atan(max(atan2(x, x), hypot(2, y))))", "x=-17.81451595940449 y=-128.53068030114642"),
    ("sinh(silu(logsumexp([3, x])))", "x=-3.5275679293675724e-06"),
    ("log2(hypot(gelu(x), elu(x)))", "x=-1.2336679977456753"),
    ("max(atan((0.5 - y)), logsumexp([atan2(x, x), lgamma(x)]))", "x=15.730679672155565 y=-2.638220049927396"),
    ("hypot((x / 3), tanh(y))", "x=1.2845808195027162 y=9.522159514426985"),
    ("acos(cos(cos((x ^ 3))))", "x=-16.650393238979703"),
    ("lgamma(digamma(lgamma(logsumexp([x, y]))))", "x=-1.3715004493689087 y=-6.263357906353333e-09"),
    ("gelu((x + y))", "x=1.0815639328196203 y=-0.3345783597498881"),
    ("hypot(sqrt(2), asinh(x))", "x=6.886655228248002"),
    ("(cosh(x) + log(x))", "x=0.00016394917448375314"),
    ("sinh(logsumexp([x, 0.5]))", "x=8.755592175890457e-06"),
    ("((x / x) * elu(x))", "x=-15.198466473226059"),
    ("(exp2(sigma(lgamma(y))) + sqrt(cosh(elu(x))))", "x=-6.68350161484439e-05 y=-1.1790018429269133"),
    ("((norm([x, y]) - erf(y)) ^ atan(tan(y)))", "x=-1.7995887132220871 y=-12.317517731820516"),
    ("((expm1(2) - cbrt(y)) / abs(logsumexp([y, x])))", "x=-2.0182028128635645 y=2.0130014211402043e-06"),
    ("atan2((log1p(log10(y)) ^ atan(gamma(0.5))), lgamma(max(abs(3), gamma(x))))", "x=28.74847979370933 y=2.5674287316500757"),
    ("gamma(hypot(log1p((y / 2)), (cos(y) - logsumexp([x, y]))))", "x=-0.9014345875684788 y=-0.43988852362387354"),
    ("cos(asin(elu(tan(x))))", "x=-72.80147762278594"),
    ("atan2(expm1(exp(x)), max((x + 0.5), abs(y)))", "x=-2.4251865922282874 y=1.2767448939096362"),
    ("sin(max(max(3, y), norm([x, 0.5])))", "x=1.8721774858685942 y=1.025679920497203"),
    ("softplus((((3 - x) ^ sigma(y)) / cosh(logsumexp([3, x]))))", "x=-4.154108639588787e-12 y=-27.913253833470264"),
    ("norm([lgamma(log2(x)), (atan2(0.5, 2) + (3 - x))])", "x=0.0013601823549713773"),
    ("norm([silu((logsumexp([0.5, x]) + exp2(y))), hypot(gamma((2 * 0.5)), ((x ^ y) ^ logsumexp([x, y])))])", "x=20.00561914076359 y=-1.620353622182672e-09"),
    ("atan((cos(x) / sinh(3)))", "x=1.0374962159063843e-12"),
    ("(log1p(tanh(0.5)) / (logsumexp([y, x]) * hypot(2, y)))", "x=-2.043075622139794 y=-0.013498861301432906"),
    ("logsumexp([max((atan2(3, x) * norm([y, x])), sin(erfc(3))), (lgamma(atan2(y, 0.5)) ^ sqrt(silu(2)))])", "x=-65.79290795270764 y=-1.9929195543994023"),
    ("digamma(max((0.5 - x), cos(x)))", "x=3.087170626870319e-06"),
    ("elu(log1p((2 / x)))", "x=-158.38470321567237"),
    ("sin(hypot((erf(x) + atan(x)), sigma(norm([y, 0.5]))))", "x=-2.1726818710572164 y=-1.0964803140796215"),
    ("max(log2(x), sigma(0.5))", "x=2.2044275554443495"),
    ("expm1(tan((sin(x) / cos(y))))", "x=53.42017722607791 y=1.298247006959436"),
    ("logsumexp([sin(sinh(x)), norm([silu(0.5), acos(0.5)])])", "x=57.25448344104023"),
    ("sinh(hypot(max(logsumexp([y, 0.5]), asin(x)), atanh(asinh(x))))", "x=-0.6190837796500351 y=0.0812046791980917"),
    ("(max(gelu(2), log1p(y)) * lgamma(logsumexp([x, x])))", "x=-5.346835098609153e-11 y=3.580343671477075"),
    ("sigma(exp2(x))", "x=-2.431080347366165"),
    ("(log2(softplus(3)) + (cos(x) - (y * 2)))", "x=24.499388375185408 y=-2.2229032685783968e-09"),
    ("(silu(x) + hypot(y, 2))", "x=-8.218762500931053 y=-1.705011450239185e-11"),
    ("log2((sigma((y / x)) * gamma((3 - x))))", "x=-0.00011121519398126577 y=-2.4442822099477746"),
    ("(cbrt((y - y)) * lgamma(log(x)))", "x=-1.8282020789268087 y=3.967676390361127e-05"),
    ("logsumexp([sqrt(sigma(sigma(3))), atan((hypot(3, 3) ^ (x - y)))])", "x=-7.467827003136298e-05 y=-96.86928107742331"),
    ("asinh((y * x))", "x=3.0026357757754784e-11 y=0.03130833482033275"),
    ("max(norm([asinh(atan2(0.5, x)), atan2((y - 2), (0.5 * x))]), sigma(max(silu(3), max(2, 3))))", "x=5.0206293504798586e-08 y=-1.5705317077352285"),
    ("log2(tanh((y + x)))", "x=2.0693302798760658 y=9.372520348280725e-07"),
    ("(logsumexp([3, 3]) * max(x, y))", "x=-2.3638227116741306 y=-0.8737580407587794"),
    ("asinh(erfc(asinh(x)))", "x=-82.82131071504911"),
    ("(max(erf((y * 3)), sin((x - y))) ^ elu(((x - 3) / expm1(2))))", "x=-0.0012574925329197056 y=-28.010632144347003"),
    ("hypot((sqrt(3) / hypot(x, y)), sigma(erfc(x)))", "x=5.854645247760422 y=12.617141065708903"),
    ("sin(norm([2, x]))", "x=65.6308724763473"),
    ("(cos((x - x)) / hypot(hypot(x, y), sin(x)))", "x=-2.537408154799872 y=-0.042338119269945435"),
    ("(atan2(expm1(0.5), tanh(2)) / hypot(expm1(x), tan(0.5)))", "x=2.8021615599315632"),
    ("atan2(atan2(acosh((y / x)), atan(atan2(0.5, 3))), sigma(cbrt(atan2(y, 0.5))))", "x=-1.6180908557980616e-08 y=-9.861212830300087"),
    ("((x / 2) / sinh(x))", "x=-2.2863137640825917"),
    ("sin(max(atan2(atan2(x, x), hypot(y, x)), digamma(logsumexp([2, 3]))))", "x=-2.412200896880355 y=1.021793254200564"),
    ("hypot(hypot(erfc((2 / 3)), cos(cbrt(3))), acos(sigma((x * 2))))", "x=-2.707923174861873e-12"),
    ("(cos(y) - (y + x))", "x=1.3917319077767684e-08 y=-1.1056192831831955"),
    ("sin(expm1(silu(x)))", "x=2.951710103312042"),
    ("((cos(0.5) / hypot(y, x)) / cos(cos(x)))", "x=-15.69898349045599 y=-1.3450261100879846"),
    ("hypot(atan((x * x)), sqrt((y * y)))", "x=-14.874429344030188 y=8.726940482034819e-08"),
    ("hypot(cosh(hypot(elu(x), norm([y, 0.5]))), sinh(atan2((0.5 ^ 3), hypot(0.5, x))))", "x=-0.17356129848238466 y=0.9504709459899949"),
    ("(sinh(norm([0.5, x])) / atan2(tan(3), log2(y)))", "x=-2.019081233407561e-07 y=1.997026243448347"),
    ("(cosh(((x / 3) ^ expm1(y))) ^ sinh(hypot(exp(0.5), (3 / x))))", "x=2.216747565898993 y=-0.020606382722651133"),
    ("atan2(log10(max(y, 0.5)), sqrt(cosh(x)))", "x=-2.7835060933059033e-07 y=-2.5483881126844086"),
    ("tan(silu(atan2((x - 2), atan(2))))", "x=1.9694966919819688"),
    ("softplus(hypot((norm([2, y]) + tanh(x)), norm([atan(3), expm1(3)])))", "x=-1.279272286478668 y=-1.2055078510244028"),
    ("exp2(hypot(erfc(x), exp(2)))", "x=-1.9334226742389882"),
    ("tanh(silu((abs(0.5) * cbrt(x))))", "x=1.307839230538997e-09"),
    ("(gelu(2) * (x * x))", "x=-0.0008256759877380785"),
    ("atan2(max(atan(y), exp(x)), logsumexp([sinh(y), (x ^ 0.5)]))", "x=7.133228200436257e-08 y=1.2846947243872155e-06"),
    ("lgamma((2 - x))", "x=-2.160868177935717"),
    ("max(gamma((y + x)), ((x - 3) + sigma(y)))", "x=-0.000236684576375662 y=-175.70009669045098"),
    ("max(((3 + 0.5) + (y * x)), gelu(softplus(x)))", "x=-0.25596511052855925 y=302.44897463335644"),
    ("atan2(abs(logsumexp([y, 0.5])), (max(x, 3) - erf(2)))", "x=-2.1051544803788595 y=-1.9966941625570727e-07"),
    ("(sigma(hypot(x, 3)) / atan2(atan(y), cbrt(3)))", "x=-1.042385438254715 y=-2.5593278558485406"),
    ("logsumexp([max(max(x, x), cos(y)), ((x * x) ^ exp(x))])", "x=1.6324975031491658 y=-1.8150131597941538e-10"),
    ("atan(erfc(x))", "x=1.8509310853353884"),
    ("lgamma((log10(0.5) * norm([3, x])))", "x=-16.16720062584481"),
    ("tanh(norm([x, 0.5]))", "x=15.674870911474022"),
    ("atan2(cosh(exp2(x)), gamma(atan2(x, 3)))", "x=-1.1914205399532965e-09"),
    ("((3 + 3) * (x / x))", "x=-0.00012457585014545396"),
    ("hypot(cos((x / y)), (cos(y) / silu(2)))", "x=0.02866260435070083 y=-2.56647777829362"),
    ("(erf((0.5 - x)) + norm([atan(x), (y ^ 3)]))", "x=-2.304854069048507 y=0.005868833461728805"),
    ("(exp2(x) ^ gelu(0.5))", "x=1.5808034107673534"),
    ("tanh(hypot((y / y), softplus(x)))", "x=0.0034523937737759034 y=0.7462734100254517"),
    ("hypot(erf(0.5), erf(x))", "x=-1.7611538493774743"),
    ("atan(logsumexp([expm1(softplus(y)), tanh((x * 3))]))", "x=-1.7656307762020162 y=2.0373913003795"),
    ("((gelu(0.5) ^ lgamma(x)) - asinh(lgamma(x)))", "x=2.5515148440446476"),
    ("atan(max(y, x))", "x=1.2567076887538136 y=-2.1733019563765823"),
    ("(norm([x, 2]) / hypot(x, x))", "x=1.8881516439593058"),
    ("log2(abs((x ^ 0.5)))", "x=0.8909354139031399"),
    ("atan2((atan2(y, x) ^ digamma(0.5)), ((x * 3) + erf(x)))", "x=-3.542584901364066 y=2.430857354943752"),
    ("atan2((log2(erfc(x)) * exp(erfc(2))), sinh(norm([atan2(2, x), (3 + y)])))", "x=0.0011276660150530923 y=-5.357395458590171"),
    ("asinh(gelu(x))", "x=1.1527205426714822"),
    ("max((asinh(cbrt(x)) * max(tan(x), erfc(x))), sigma(((2 ^ x) ^ cbrt(0.5))))", "x=5.6480466062933645e-08"),
    ("erfc(((y + 3) ^ hypot(x, 2)))", "x=-1.3241447148363943 y=-5.626042372531936e-05"),
    ("sinh(hypot(silu(x), sin(3)))", "x=1.430243521050655e-08"),
    ("softplus(log1p(logsumexp([(x ^ 0.5), (x + 3)])))", "x=2.6449883654531674"),
    ("silu(logsumexp([(0.5 + 2), (x ^ 2)]))", "x=2.1971459673988964"),
    ("(logsumexp([x, x]) + hypot(2, x))", "x=0.7440653917308827"),
    ("(atan(norm([x, x])) * ((x - 0.5) * cbrt(x)))", "x=91.94839450243177"),
    ("log(log2(hypot(atan2(3, x), (y ^ x))))", "x=-0.6562390614254541 y=2.0453897396856564"),
    ("silu(norm([3, x]))", "x=-66.99680667088506"),
    ("erf(((x + x) / sqrt(3)))", "x=-162.35178054719626"),
    ("log2(tanh(x))", "x=1.2977379670006122"),
    ("silu((silu(x) / erf(2)))", "x=-1.9846370745874037e-05"),
    ("(atan(exp(y)) / atanh(sin(x)))", "x=5.1663354180882147e-11 y=11.838463579025653"),
    ("log1p((sqrt(atanh(0.5)) ^ atan2(elu(0.5), sigma(x))))", "x=-1.3516900421527325"),
    ("tan(gelu(exp(x)))", "x=2.4407105822636845e-12"),
    ("abs(atan2(asin(x), sin(y)))", "x=-1.0646037355259005e-08 y=-0.1155639379245983"),
    ("sinh(cbrt((x - 2)))", "x=-2.2355585689106148"),
    ("cos(atan2((tanh(0.5) ^ norm([x, y])), exp(log2(x))))", "x=0.7213638521113824 y=2.8791313664409115"),
    ("gamma(softplus(norm([x, 3])))", "x=-7.878785951364217e-05"),
    ("elu(cos(erf(x)))", "x=3.9633494336643613e-10"),
    ("max(((tan(3) / erf(x)) + logsumexp([(2 / 3), (x + x)])), lgamma(sqrt(digamma(3))))", "x=-17.997757479884395"),
    ("atan2(expm1(x), (y * y))", "x=-114.14224384908589 y=7.61323459265783e-06"),
    ("cbrt(gamma(norm([y, x])))", "x=-45.03463557551256 y=-0.00873942304998869"),
    ("(log2(silu(0.5)) * hypot(tanh(x), tanh(y)))", "x=-4.6552398832269335e-11 y=-2.9246846558580777"),
    ("atan2((exp2(log10(x)) * logsumexp([cos(0.5), digamma(y)])), sigma(cos(max(x, 0.5))))", "x=0.28940221741793415 y=-1.6043318234050722e-10"),
    ("gamma((3 ^ x))", "x=-36.20446926657642"),
    ("(sinh(tan(y)) - (cbrt(y) - (y * x)))", "x=125.9088496575384 y=-2.7493536657262396"),
    ("((norm([hypot(y, 2), gelu(0.5)]) + ((y - 3) ^ (3 * 3))) / sigma(silu(atan2(y, x))))", "x=-207.3902396643771 y=-78.61374727606685"),
    ("expm1(abs(x))", "x=1.8300396211595246e-09"),
    ("sinh((erfc(x) - elu(x)))", "x=-1.1876836498066165e-11"),
    ("(gamma(lgamma(0.5)) + cosh(asinh(x)))", "x=1.3588163162747213"),
    ("norm([max(atan2(3, x), (0.5 * y)), cosh(softplus(3))])", "x=2.1325937834580264 y=2.0041550452372063"),
    ("logsumexp([abs((3 * x)), tanh(gamma(2))])", "x=1.793992190036124"),
    ("(sqrt(y) + acosh(x))", "x=57.45278150189206 y=0.00020811997102508937"),
    ("sinh((2 * x))", "x=2.7581559239531908"),
    ("tan((expm1(y) + (x / 3)))", "x=-74.5884611872343 y=-1.4611953472394747e-10"),
    ("norm([max((3 ^ y), asinh(x)), digamma(acos(0.5))])", "x=1.7605695238459222 y=1.95123710346035"),
    ("(cos(asin(x)) ^ hypot(log(0.5), max(y, 0.5)))", "x=-8.160605457072065e-07 y=-1.214176183042627"),
    ("max((lgamma(x) - erfc(x)), (max(3, x) / sigma(x)))", "x=0.039557798247059434"),
    ("acosh(log1p(x))", "x=37.81516524298539"),
    ("hypot(asinh(x), (y / 2))", "x=82.7185422299332 y=-32.928074233349975"),
    ("lgamma(log((x - 0.5)))", "x=-1.1553396051467102"),
    ("exp(atan2(2, x))", "x=-1.2050352200341985"),
    ("norm([silu(log2(sqrt(2))), expm1(hypot(exp(x), atan2(2, y)))])", "x=-2.142397793578492 y=-179.96192599764848"),
    ("(logsumexp([(lgamma(3) + erf(3)), (gelu(x) * elu(y))]) + atan2((hypot(2, y) - exp2(y)), asinh(softplus(0.5))))", "x=-1.0510610049593716 y=-2.890740192484283"),
    ("acosh(abs((x + 3)))", "x=-8.328547412083992"),
    ("silu(cosh(atan2(x, 0.5)))", "x=80.67823371070564"),
    ("cos((log10(softplus(x)) * sigma(sinh(x))))", "x=-0.7281510765063227"),
    ("asin(hypot(x, x))", "x=0.4674152513734068"),
    ("atan2(expm1(max(y, 0.5)), (log(x) + cos(x)))", "x=6.977664908506778e-05 y=1.6076866995635994"),
    ("atanh(hypot(x, x))", "x=-1.8394069588943852e-06"),
    ("abs(hypot(cosh(logsumexp([y, x])), erf((0.5 + 3))))", "x=-1.2044255956771244 y=-0.5790489996274008"),
    ("((y + x) / sinh(y))", "x=-2.148419758034772 y=-1.6302602548077372"),
    ("(log2(x) - abs(3))", "x=1.8068843958795688"),
    ("(atanh(0.5) + (0.5 / x))", "x=-2.481274979232254"),
]


def second(f, point, one, other):
    """A second derivative; none where differences over two steps, or on two sides, do not agree."""
    value, tried = f(point), []

    def at(up, right, h):
        moved = dict(point)
        moved[one] += up * h
        moved[other] += right * h
        return f(moved)

    for h in STEPS:
        if one == other:
            tried += [(at(side, side, h) - 2 * at(side, 0, h) + value) / h**2 for side in (1, -1)]
        else:
            corners = [at(up, right, h) * up * right for up in (1, -1) for right in (1, -1)]
            tried.append(sum(corners) / (4 * h**2))
            tried += [(at(up, right, h) - at(up, 0, h) - at(0, right, h) + value) / (h**2 * up * right) for up, right in ((1, 1), (-1, 1))]
    if any(abs(number - tried[-1]) > mpf(10) ** -40 * abs(tried[-1]) for number in tried):
        # What is smaller with smaller steps is nothing.
        return mpf(0) if all(abs(number) < NOTHING * (1 + abs(value)) for number in tried) else None
    # Differences on both sides of a point are right to twice the digits.
    h = STEPS[-1]
    if one == other:
        return (at(1, 0, h) - 2 * value + at(-1, 0, h)) / h**2
    return sum(at(up, right, h) * up * right for up in (1, -1) for right in (1, -1)) / (4 * h**2)


def line(kind, text, inputs):
    inputs = dict(sorted(inputs.items()))
    compiled = code(text)
    point = {name: binary(value) for name, value in inputs.items()}

    def f(values):
        value = found(compiled, values, binary)
        if isinstance(value, (mpc, list)) or not m.isfinite(value):
            raise ValueError("no real number")
        return value

    try:
        first = digits.truth(text, inputs, binary)
        names = list(inputs)
        rows = [[second(f, point, names[min(i, j)], names[max(i, j)]) for j in range(len(names))] for i in range(len(names))]
    except (ValueError, ZeroDivisionError, OverflowError, TypeError, m.libmp.ComplexResult, m.libmp.libhyper.NoConvergence):
        return None
    if first is None or any(number is None or abs(number) > mpf("1e300") for row in rows for number in row):
        return None
    return {"kind": kind, "text": text, "inputs": inputs, "truth": [digits.digits(x) for x in first],
            "second": [[digits.digits(x) for x in row] for row in rows]}


def main():
    given = [("science", text, point) for text, points in digits.SCIENCE.items() for point in points]
    given += [("nasty", text, point) for text, points in digits.NASTY.items() for point in points]
    given += [("hard", text, point) for text, point in FOUND]
    for kind, text, point in given:
        case = line(kind, text, dict(pair.split("=") for pair in point.split()))
        if case:
            print(json.dumps(case), flush=True)
        else:
            print("left out:", text, point, file=sys.stderr)


if __name__ == "__main__":
    main()
