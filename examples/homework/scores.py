# The gradient of a softmax loss on its scores z: the probabilities, less one at the right class.
dz = p.copy()
dz[y] -= 1
