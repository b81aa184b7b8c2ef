# backprop f = q * z, q = x + y
dxpy = z
dz = xpy
dx = (1) * dxpy
dy = -dxpy
