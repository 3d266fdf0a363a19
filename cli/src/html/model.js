// The data of the page, and what follows from it.

const page = JSON.parse(document.getElementById("data").textContent);

/** Behind code generation and behind each pass: the stage, and whether the pass changed something. */
function stepsOf(unit) {
  const changed = new Map(unit.stages.slice(1).map((stage) => [stage.pass, stage]));
  const steps = [{ pass: null, stage: unit.stages[0], before: null, changed: true }];
  for (let pass = 0; pass < page.passes.length; pass++) {
    const before = steps[pass].stage;
    const stage = changed.get(pass);
    steps.push({ pass, stage: stage ?? before, before, changed: stage !== undefined });
  }
  return steps;
}

/** The ids of all blocks, so that most layouts run downwards: new ones stand behind what they stand behind. */
function rowsOf(unit) {
  const rows = [];
  const known = new Set();
  for (const stage of unit.stages) {
    let behind = -1;
    for (const index of stage.layout) {
      const { id } = unit.blocks[index];
      if (known.has(id)) {
        behind = rows.indexOf(id);
      } else {
        known.add(id);
        behind += 1;
        rows.splice(behind, 0, id);
      }
    }
  }
  return rows;
}

/** The blocks of a stage by id; `next` is the one behind it in the layout, `empty` is one without instructions. */
function blocksOf(unit, stage) {
  const blocks = new Map();
  stage.layout.forEach((index, at) => {
    const following = unit.blocks[stage.layout[at + 1]];
    const block = unit.blocks[index];
    const empty = block.lines.every((line) => unit.lines[line][0].startsWith("."));
    blocks.set(block.id, { ...block, index, empty, next: following ? following.id : null });
  });
  return blocks;
}

/** Number of instructions of a stage. */
function sizeOf(unit, stage) {
  let size = 0;
  for (const index of stage.layout) {
    for (const line of unit.blocks[index].lines) {
      size += unit.lines[line][0].startsWith(".") ? 0 : 1;
    }
  }
  return size;
}

/** More comparisons than this, and a changed part is shown as replaced. */
const MAX_COMPARED = 4_000_000;

/**
 * What became of a block's lines: entries `{ kind, line, was }`, where kind is `same`, `add`, `del` or `mod` (the
 * same instruction with another operand or place, which was `was`).
 */
function changesOf(unit, before, after) {
  let start = 0;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (start < Math.min(oldEnd, newEnd) && before[start] === after[start]) {
    start += 1;
  }
  while (Math.min(oldEnd, newEnd) > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  const same = (line) => ({ kind: "same", line });
  return [
    ...after.slice(0, start).map(same),
    ...pairs(unit, edits(before.slice(start, oldEnd), after.slice(start, newEnd))),
    ...after.slice(newEnd).map(same),
  ];
}

/** The shortest list of lines taken out, put in and kept (longest common subsequence). */
function edits(before, after) {
  const [n, m] = [before.length, after.length];
  if (n * m > MAX_COMPARED) {
    const out = before.map((line) => ({ kind: "del", line }));
    return out.concat(after.map((line) => ({ kind: "add", line })));
  }
  const width = m + 1;
  const length = new Uint32Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      length[i * width + j] = before[i] === after[j]
        ? length[(i + 1) * width + j + 1] + 1
        : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const out = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && before[i] === after[j]) {
      out.push({ kind: "same", line: after[j] });
      i += 1;
      j += 1;
    } else if (i < n && (j === m || length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      out.push({ kind: "del", line: before[i] });
      i += 1;
    } else {
      out.push({ kind: "add", line: after[j] });
      j += 1;
    }
  }
  return out;
}

/** Makes one changed line of one taken out and one put in behind it, if they are the same instruction. */
function pairs(unit, list) {
  const out = [];
  let waiting = [];
  for (const entry of list) {
    if (entry.kind === "del") {
      waiting.push(entry);
      continue;
    }
    if (entry.kind === "add") {
      const word = unit.lines[entry.line][0];
      const at = waiting.findIndex((old) => unit.lines[old.line][0] === word);
      if (at >= 0) {
        out.push(...waiting.slice(0, at), { kind: "mod", line: entry.line, was: waiting[at].line });
        waiting = waiting.slice(at + 1);
        continue;
      }
    } else {
      out.push(...waiting);
      waiting = [];
    }
    out.push(entry);
  }
  return out.concat(waiting);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How many UTF-16 units of `text` the first `bytes` bytes of its UTF-8 are. */
function column(text, bytes) {
  const encoded = encoder.encode(text);
  return encoded.length === text.length ? bytes : decoder.decode(encoded.slice(0, bytes)).length;
}
