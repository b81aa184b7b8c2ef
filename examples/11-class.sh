#!/bin/sh
# A class: a row for each student, whatever is wrong with a file, and the mean of the points. Run it from the repository's folder, with
# gradcalc and jq on the path: sh examples/11-class.sh
# The exit code is 1 where a line of somebody is wrong, and 3 where a file cannot be read, which is told on stderr too.

gradcalc -f examples/homework/key.grad --grade examples/homework/class/*.py --as csv 2>&1 || echo "exit code $?"

# Which gradients are hard? JSON has an object for each file, and where one was not compared an error.
gradcalc -f examples/homework/key.grad --grade examples/homework/class/*.py --as json |
    jq -rs '[.[].gradients[]?] | group_by(.name)[] | "\(.[0].name): \(map(.points) | add) of \(length)"'

# What Gradescope reads; homework/run_autograder writes it there, and homework/classroom.yml hands it to GitHub Classroom.
gradcalc -f examples/homework/key.grad --grade examples/homework/class/bo.py --gradescope |
    jq -r '"score \(.score)", (.tests[] | "\(.name)  \(.score) of \(.max_score)  \(.output)")'
