match a:
    case [b, c] | [b]:
        d
