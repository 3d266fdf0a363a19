//! Lines beside the rows of a listing: arrows from jumps to their targets, and the extent of exception handlers.

/// Most lanes of arrows; jumps that find none are told by their label only.
const MOST: usize = 5;

/// A vertical line along rows.
struct Span {
    first: usize,
    last: usize,
    /// Where arrows come from, and where they go.
    sources: Vec<usize>,
    target: usize,
}

/// Arrows for `jumps` (row of the jump, row of its target), one text for each of `rows` rows, all of one width.
pub(super) fn arrows(rows: usize, jumps: &[(usize, usize)]) -> Vec<String> {
    let mut spans: Vec<Span> = Vec::new();
    let mut jumps = jumps.to_vec();
    jumps.sort_by_key(|&(source, target)| (target, source));
    for (source, target) in jumps {
        match spans.last_mut() {
            Some(span) if span.target == target => {
                span.first = span.first.min(source);
                span.last = span.last.max(source);
                span.sources.push(source);
            }
            _ => spans.push(Span {
                first: source.min(target),
                last: source.max(target),
                sources: vec![source],
                target,
            }),
        }
    }
    spans.sort_by_key(|span| (span.last - span.first, span.first));
    let mut lanes: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        let is_free = |lane: &Vec<Span>| {
            let apart = |other: &Span| other.last < span.first || span.last < other.first;
            lane.iter().all(apart)
        };
        match lanes.iter().position(is_free) {
            Some(lane) => lanes[lane].push(span),
            None if lanes.len() < MOST => lanes.push(vec![span]),
            None => {}
        }
    }
    draw(rows, &lanes)
}

/// The innermost lane stands at the right.
fn draw(rows: usize, lanes: &[Vec<Span>]) -> Vec<String> {
    if lanes.is_empty() {
        return vec![String::new(); rows];
    }
    let width = lanes.len();
    // One more column for the heads of arrows.
    let mut grid = vec![vec![' '; width + 1]; rows];
    for (lane, span) in lanes
        .iter()
        .enumerate()
        .flat_map(|(lane, spans)| spans.iter().map(move |span| (lane, span)))
    {
        let column = width - 1 - lane;
        for row in &mut grid[span.first..=span.last] {
            row[column] = if row[column] == '─' { '┼' } else { '│' };
        }
        for &row in span.sources.iter().chain([&span.target]) {
            let corner = match row {
                _ if span.first == span.last => '╶',
                _ if row == span.first => '╭',
                _ if row == span.last => '╰',
                _ => '├',
            };
            grid[row][column] = corner;
            for cell in &mut grid[row][column + 1..] {
                match cell {
                    ' ' => *cell = '─',
                    '│' => *cell = '┼',
                    _ => {}
                }
            }
        }
        grid[span.target][width] = '>';
    }
    grid.into_iter().map(String::from_iter).collect()
}

/// The extents of `regions` (first row, last row) side by side, longer ones at the left.
pub(super) fn extents(rows: usize, regions: &[(usize, usize)]) -> Vec<String> {
    let mut regions = regions.to_vec();
    regions.sort_by_key(|&(first, last)| (std::cmp::Reverse(last - first), first));
    let mut lanes: Vec<Vec<(usize, usize)>> = Vec::new();
    for (first, last) in regions {
        // To the right of all that it lies in.
        let apart =
            |lane: &Vec<(usize, usize)>| lane.iter().all(|other| other.1 < first || last < other.0);
        let around = lanes.iter().rposition(|lane| !apart(lane));
        let lane = around.map_or(0, |lane| lane + 1);
        if lane == lanes.len() {
            if lane == MOST {
                continue;
            }
            lanes.push(Vec::new());
        }
        lanes[lane].push((first, last));
    }
    let mut grid = vec![vec![' '; lanes.len()]; rows];
    for (column, lane) in lanes.iter().enumerate() {
        for &(first, last) in lane {
            for row in &mut grid[first..=last] {
                row[column] = '┊';
            }
            if first == last {
                grid[first][column] = '[';
            } else {
                (grid[first][column], grid[last][column]) = ('┌', '└');
            }
        }
    }
    grid.into_iter().map(String::from_iter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_nest() {
        // A loop from row 5 to row 1 with two ways out to row 6, one from within a shorter jump.
        assert_eq!(
            arrows(7, &[(5, 1), (2, 6), (3, 4), (4, 6)]),
            ["    ", " ╭─>", "╭┼──", "││╭─", "├┼╰>", "│╰──", "╰──>"]
        );
    }

    #[test]
    fn extents_nest() {
        assert_eq!(
            extents(5, &[(1, 2), (0, 4), (4, 4)]),
            ["┌ ", "┊┌", "┊└", "┊ ", "└["]
        );
    }
}
