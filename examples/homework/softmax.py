# The gradient of a softmax loss, through the stage p = softmax(z); the right class is 1.
dp = np.array([0, -1 / p[1], 0])
dz = p * (dp + np.sum(p * dp))
