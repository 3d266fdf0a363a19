def f():
    try:
        a
    except* A:
        return 1
