dz = q
dq = z
dx = dq
dy = -dq
