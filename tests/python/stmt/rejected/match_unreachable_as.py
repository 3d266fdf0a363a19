match a:
    case (_ as b) | 1:
        c
