for a in b:
    try:
        a
    except* A:
        break
