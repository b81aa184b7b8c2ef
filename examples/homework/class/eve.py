dq = z
dz = q
