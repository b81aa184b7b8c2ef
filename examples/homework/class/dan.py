dq = z  # über q
dz = q
