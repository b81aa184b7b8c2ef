dq = z
dz = q
dx = dq
dy = 1.0 * (dq
