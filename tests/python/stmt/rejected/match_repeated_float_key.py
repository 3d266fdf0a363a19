match a:
    case {-0.0: b, 0: c}:
        e
