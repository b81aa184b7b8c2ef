#!/bin/sh
# A grader: which line of a student's backward pass is wrong, why, and how many points are there? Run it from the repository's
# folder, with gradcalc on the path: sh examples/08-homework-grader.sh
# Where a line is wrong the exit code is 1.

gradcalc -f examples/homework/forward.grad --against examples/homework/answers.grad
gradcalc -f examples/homework/forward.grad --grade examples/homework/answers.grad examples/homework/notes.py
gradcalc -f examples/homework/forward.grad --grade examples/homework/notes.py --gradescope
