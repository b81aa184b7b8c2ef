# f = q * z, q = x + y
dq = z
dz = q
dx = dq
dy = dq
