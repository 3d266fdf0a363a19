match a:
    case _:
        b
    case 1:
        c
