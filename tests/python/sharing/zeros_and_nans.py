# Zeros with signs and NaNs.
x = 1e999 - 1e999, 1e999*0, 0.0, -0.0, (0.0, -0.0), 0j, -0j, 1e999
y = (1e999-1e999,)
