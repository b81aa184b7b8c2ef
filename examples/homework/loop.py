# The gradient on x is added up in a loop, which is not run.
dxpy = z
dz = xpy
dy = dxpy
dx = 0
for g in [dxpy]:
    dx += g
