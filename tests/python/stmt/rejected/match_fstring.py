match a:
    case f"":
        b
