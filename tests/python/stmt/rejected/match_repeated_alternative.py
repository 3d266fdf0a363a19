match a:
    case [b, ([b] | {"k": b})]:
        c
