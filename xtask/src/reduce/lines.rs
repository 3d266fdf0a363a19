//! Smaller by whole lines.

/// Leaves out runs of lines, long ones first, as long as `keeps` holds of the rest.
pub fn fewer(source: &[u8], mut keeps: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = source.split_inclusive(|&byte| byte == b'\n').collect();
    let mut run = lines.len() / 2;
    while run > 0 {
        let mut at = 0;
        while at < lines.len() {
            let end = (at + run).min(lines.len());
            let rest = [&lines[..at], &lines[end..]].concat();
            if keeps(&rest.concat()) {
                lines = rest;
            } else {
                at = end;
            }
        }
        run /= 2;
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_stays() {
        let source: String = (0..100).map(|number| format!("{number}\n")).collect();
        let keeps = |source: &[u8]| {
            let text = String::from_utf8_lossy(source);
            let has = |wanted: &str| text.lines().any(|line| line == wanted);
            has("17") && has("18") && has("80")
        };
        assert_eq!(fewer(source.as_bytes(), keeps), b"17\n18\n80\n");
    }

    #[test]
    fn one_line_may_go_or_stay() {
        assert_eq!(fewer(b"a\nb", |source| !source.is_empty()), b"b");
    }
}
