x = 1
x = [
    (yield x)]
