match a:
    case [b, {"k": b}]:
        c
