for a in b:
    try:
        a
    except* A:
        with b:
            continue
