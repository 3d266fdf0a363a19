//! Mutation of texts by lines.

/// Another text made of the lines of this one: some are removed, repeated, exchanged, or get a word of another line. `None`
/// if it is no text of several lines.
pub fn mutate_lines(data: &[u8], seed: u32) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(data).ok()?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.len() < 2 {
        return None;
    }
    let mut random = Random(u64::from(seed));
    for _ in 0..=random.below(3) {
        let (from, to) = (random.below(lines.len()), random.below(lines.len()));
        match random.below(5) {
            0 if lines.len() > 2 => {
                lines.remove(from);
            }
            1 => lines.insert(to, lines[from].clone()),
            2 => lines.swap(from, to),
            3 => {
                let line = lines.remove(from);
                lines.insert(to.min(lines.len()), line);
            }
            _ => {
                let word = pick(&mut random, &lines[from])?.to_owned();
                let old = pick(&mut random, &lines[to])?.to_owned();
                lines[to] = lines[to].replacen(&old, &word, 1);
            }
        }
    }
    Some((lines.join("\n") + "\n").into_bytes())
}

/// A word of the line; the whole line if it has none.
fn pick<'a>(random: &mut Random, line: &'a str) -> Option<&'a str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.len() {
        0 => Some(line),
        len => words.get(random.below(len)).copied(),
    }
}

/// The splitmix64 generator.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_change() {
        let text = b"a 1\nb 2\nc 3\n";
        let changed = (0..50).filter(|&seed| mutate_lines(text, seed).as_deref() != Some(text));
        assert!(changed.count() > 40);
        assert_eq!(mutate_lines(b"one", 1), None);
    }
}
