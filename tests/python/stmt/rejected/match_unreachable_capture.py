match a:
    case b:
        c
    case 1:
        d
