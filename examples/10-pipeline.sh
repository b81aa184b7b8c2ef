#!/bin/sh
# A pipeline: gradcalc and jq. Run it from the repository's folder, with gradcalc on the path: sh examples/10-pipeline.sh
set -eu

echo "# which input matters most?"
gradcalc --as json '1/(1 + exp(-(w0*x0 + w1*x1 + w2)))' w0=2 x0=-1 w1=-3 x1=-2 w2=-3 |
    jq -r '.inputs | sort_by(-(.gradient | fabs))[] | "\(.name) \(.gradient*1000 | round/1000)"'

echo "# a table over several points: x, x*exp(-x), and its slope"
for x in 0 0.5 1 2 4; do
    gradcalc --as json 'x*exp(-x)' "x=$x"
done | jq -s -r '.[] | [.inputs[0].value, (.value, .inputs[0].gradient | .*1000 | round/1000)] | @csv'

echo "# ten steps downhill from (4, -3)"
point='x=4 y=-3'
for step in 1 2 3 4 5 6 7 8 9 10; do
    # shellcheck disable=SC2086 # two arguments
    point=$(gradcalc --as json '(x - 1)^2 + 2*(y + 0.5)^2' $point |
        jq -r '[.inputs[] | "\(.name)=\(.value - 0.2*.gradient)"] | join(" ")')
done
# shellcheck disable=SC2086
gradcalc --as brief --digits 3 '(x - 1)^2 + 2*(y + 0.5)^2' $point

echo "# the lines of the homework that are wrong"
gradcalc --as json -f examples/homework/forward.grad --against examples/homework/answers.grad |
    jq -r '.lines[] | select(.verdict == "wrong") | "line \(.line), \(.text): \(.message)"' || true
