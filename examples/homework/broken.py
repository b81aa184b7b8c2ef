dq = = z(
dz = xpy
