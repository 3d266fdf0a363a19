"""Names that patterns bind and use."""


def function(subject):
    match subject:
        case 1 | -2 | 3 + 4j | "text" | None | True:
            pass
        case a.b.c | d.e:
            pass
        case [first, *rest, [_, *_]] if guard(first):
            pass
        case {"key": value, K.x: [y], **others}:
            return lambda: (value, others)
        case Class(p, q, attr=r, other=Sub(s)) as whole:
            pass
        case (t as u) | u:
            pass
        case name:
            return name


match x:
    case [y, z]:
        global_name: int
