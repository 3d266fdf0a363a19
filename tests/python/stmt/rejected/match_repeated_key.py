match a:
    case {"k": b, 1: c, True: d}:
        e
