// The columns: code generation and one for each pass, with a row for each block.

/** Lines times stages above which only changes are shown at first. */
const MANY_LINES = 3_000;
/** Longest operand that is shown whole, in UTF-16 units. */
const LONGEST_OPERAND = 300;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

class Columns {
  /** `onPick` is called with a line's place and block, or null, whenever what is pointed at changes. */
  constructor(root, onPick, onGraph) {
    this.root = root;
    this.onPick = onPick;
    this.onGraph = onGraph;
    this.opened = new Set();
    root.addEventListener("pointerover", (event) => this.point(event.target));
    root.addEventListener("pointerleave", () => this.point(null));
    root.addEventListener("focusin", (event) => this.point(event.target));
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("keydown", (event) => this.key(event));
  }

  show(unit, onlyChanges) {
    this.unit = unit;
    this.steps = stepsOf(unit);
    this.rows = rowsOf(unit);
    this.onlyChanges = onlyChanges;
    this.opened = new Set([...this.steps.keys()].filter((at) => this.steps[at].changed));
    this.draw();
    this.root.scrollTo(0, 0);
  }

  static isLarge(unit) {
    return unit.stages.reduce((sum, stage) => sum + sizeOf(unit, stage), 0) > MANY_LINES;
  }

  setOnlyChanges(onlyChanges) {
    this.onlyChanges = onlyChanges;
    this.draw();
  }

  draw() {
    this.point(null);
    this.lineItems = new Map();
    this.cells = new Map(this.rows.map((id) => [id, []]));
    const touched = this.touchedRows();
    const grid = element("div", "grid");
    this.rows.forEach((_, index) => {
      const row = element("div", "row");
      row.style.gridRow = index + 3;
      grid.append(row);
    });
    grid.style.gridTemplateColumns = this.steps
      .map((_, at) => (this.opened.has(at) ? "var(--column)" : "var(--strip)"))
      .join(" ");
    this.steps.forEach((step, at) => {
      grid.append(...(this.opened.has(at) ? this.column(step, at, touched) : [this.strip(step, at)]));
    });
    this.root.replaceChildren(grid);
    // The titles of blocks stay below the headings.
    const height = this.root.querySelector(".heading")?.offsetHeight ?? 0;
    this.root.style.setProperty("--headings", `${height}px`);
  }

  /** The blocks that some pass changes. */
  touchedRows() {
    const touched = new Set();
    for (const step of this.steps.filter((step) => step.before && step.changed)) {
      const [before, after] = [blocksOf(this.unit, step.before), blocksOf(this.unit, step.stage)];
      for (const id of this.rows) {
        if (before.get(id)?.index !== after.get(id)?.index) {
          touched.add(id);
        }
      }
    }
    return touched;
  }

  nameOf(step) {
    return step.pass === null ? "code generation" : page.passes[step.pass].name;
  }

  hintOf(step) {
    if (step.pass === null) {
      return "The graph as code generation made it";
    }
    const { mirrors, what, why } = page.passes[step.pass];
    return `${what}.${why ? `\nHere: ${why}.` : ""}\nCPython: ${mirrors}`;
  }

  strip(step, at) {
    const strip = element("button", "strip");
    strip.type = "button";
    strip.dataset.toggle = at;
    strip.setAttribute("aria-expanded", "false");
    strip.title = `${this.nameOf(step)}: no change\n${this.hintOf(step)}`;
    strip.append(element("span", "", this.nameOf(step)));
    strip.style.gridColumn = at + 1;
    strip.style.gridRow = `1 / span ${this.rows.length + 2}`;
    return strip;
  }

  column(step, at, touched) {
    const blocks = blocksOf(this.unit, step.stage);
    const before = step.before && blocksOf(this.unit, step.before);
    const counts = { add: 0, del: 0, mod: 0 };
    const rule = element("div", "rule");
    rule.style.gridColumn = at + 1;
    rule.style.gridRow = `1 / span ${this.rows.length + 2}`;
    const cells = [rule];
    const put = (cell, row) => {
      cell.style.gridColumn = at + 1;
      cell.style.gridRow = row;
      cells.push(cell);
    };
    put(this.tables(step), 2);
    const shown = this.rows.filter((id) => blocks.has(id));
    this.rows.forEach((id, index) => {
      const [now, old] = [blocks.get(id), before?.get(id)];
      if (!now && !old) {
        return;
      }
      if (this.onlyChanges && before && now?.index === old?.index) {
        return;
      }
      const cell = this.block(id, now, before ? old : now, { touched: touched.has(id), counts });
      const following = shown[shown.indexOf(id) + 1] ?? null;
      if (now && now.falls && now.next !== following && now.next !== null) {
        cell.append(element("div", "falls", `↓ b${now.next}`));
      }
      cell.dataset.at = at;
      this.cells.get(id).push(cell);
      put(cell, index + 3);
    });
    put(this.heading(step, at, counts), 1);
    return cells;
  }

  heading(step, at, counts) {
    const heading = element("div", "heading");
    const name = element("button", "name", this.nameOf(step));
    name.type = "button";
    name.dataset.toggle = at;
    name.setAttribute("aria-expanded", "true");
    name.title = this.hintOf(step);
    const graph = element("button", "to-graph", "graph");
    graph.type = "button";
    graph.dataset.graph = at;
    graph.title = `The graph of ${this.nameOf(step)}`;
    heading.append(name, graph, element("small", "what", step.pass === null ? "The graph that the passes begin with" : page.passes[step.pass].what));
    const figures = element("span", "figures");
    const figure = (kind, sign) => counts[kind] && figures.append(element("span", kind, `${sign}${counts[kind]}`));
    figure("add", "+");
    figure("del", "−");
    figure("mod", "~");
    figures.append(element("span", "size", `${sizeOf(this.unit, step.stage)} instructions`));
    heading.append(figures);
    return heading;
  }

  /** What stands in front of the blocks: flags, tables, state. */
  tables(step) {
    const lines = (stage) => stage.head.trimEnd().split("\n");
    const before = new Set(step.before ? lines(step.before) : []);
    const cell = element("div", "head");
    for (const text of lines(step.stage)) {
      const line = element("div", step.before && !before.has(text) ? "mod" : "", text);
      line.title = text;
      cell.append(line);
    }
    return cell;
  }

  block(id, now, old, { touched, counts }) {
    const state = !now ? "gone" : !old ? "new" : now.index === old.index ? "same" : "changed";
    const cell = element("div", `block ${state}`);
    cell.dataset.block = id;
    const title = element("div", "title");
    title.append(element("span", "id", `b${id}`));
    const notes = element("span", "notes", now?.notes ?? "");
    if (now && old && now.notes !== old.notes) {
      notes.classList.add("mod");
      notes.title = `was: ${old.notes || "nothing"}`;
    }
    title.append(notes);
    cell.append(title);
    if (this.onlyChanges && !touched) {
      title.append(element("span", "count", now.lines.length === 0 ? "empty" : `${now.lines.length} lines`));
      return cell;
    }
    const list = state === "same"
      ? now.lines.map((line) => ({ kind: "same", line }))
      : changesOf(this.unit, old?.lines ?? [], now?.lines ?? []);
    if (list.length === 0 || state === "gone") {
      title.append(element("span", "count", state === "gone" ? "gone" : "empty"));
    }
    list.forEach((entry) => { counts[entry.kind] += 1; });
    const changes = new Set(list.flatMap((entry, at) => (entry.kind === "same" ? [] : [at - 1, at, at + 1])));
    const brief = this.onlyChanges && state === "changed";
    list.forEach((entry, at) => {
      if (!brief || changes.has(at)) {
        cell.append(this.line(entry));
      } else if (at === 0 || changes.has(at - 1)) {
        cell.append(element("div", "more", "⋮"));
      }
    });
    return cell;
  }

  line({ kind, line, was }) {
    const [word, operand, place] = this.unit.lines[line];
    const item = element("div", `line ${kind}`);
    item.tabIndex = -1;
    item.dataset.line = line;
    item.append(element("span", word.startsWith(".") ? "word directive" : "word", word));
    const shown = element("span", "operand");
    const location = element("span", "place", placeText(place));
    if (was !== undefined) {
      const [, oldOperand, oldPlace] = this.unit.lines[was];
      if (oldOperand !== operand) {
        shown.append(element("del", "", clipped(oldOperand)), " ");
      }
      if (placeText(oldPlace) !== placeText(place)) {
        location.classList.add("moved");
        location.title = oldPlace.length > 0 ? `was at ${placeText(oldPlace)}` : "had no place";
      }
    }
    shown.append(clipped(operand));
    shown.title = clipped(operand);
    item.append(shown, location);
    if (kind !== "del") {
      if (!this.lineItems.has(line)) {
        this.lineItems.set(line, []);
      }
      this.lineItems.get(line).push(item);
    }
    return item;
  }

  /** Marks what belongs to the line or block under the pointer or the focus. */
  point(target) {
    if (this.kept) {
      return;
    }
    const item = target?.closest?.(".line") ?? null;
    const cell = target?.closest?.(".block") ?? null;
    if (item === this.item && cell === this.cell) {
      return;
    }
    [this.item, this.cell] = [item, cell];
    this.clear();
    const block = cell ? Number(cell.dataset.block) : null;
    if (cell) {
      this.mark(this.cells.get(block), "near");
    }
    const line = item ? Number(item.dataset.line) : null;
    if (item) {
      this.mark([item, ...(this.lineItems.get(line) ?? [])], "hot");
    }
    this.onPick(item ? this.unit.lines[line][2] : null, block);
  }

  mark(items, className) {
    this.marked ??= [];
    for (const item of items) {
      item.classList.add(className);
      this.marked.push([item, className]);
    }
  }

  clear() {
    this.marked?.forEach(([item, className]) => item.classList.remove(className));
    this.marked = [];
  }

  /** Marks the instructions that begin on a line of the source. */
  pointAtSource(number) {
    if (this.kept) {
      return;
    }
    this.clear();
    for (const [line, items] of this.lineItems) {
      if (this.unit.lines[line][2][0] === number) {
        this.mark(items, "hot");
      }
    }
  }

  pointAtBlock(id) {
    if (this.kept) {
      return;
    }
    this.clear();
    this.mark(this.cells.get(id) ?? [], "near");
  }

  reveal(id, at) {
    const cells = this.cells.get(id) ?? [];
    const cell = cells.find((cell) => Number(cell.dataset.at) === at) ?? cells[0];
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  keep(kept) {
    this.kept = kept;
    this.root.classList.toggle("kept", kept);
  }

  release() {
    this.keep(false);
    [this.item, this.cell] = [undefined, undefined];
    this.point(null);
  }

  toggle(at) {
    if (!this.opened.delete(at)) {
      this.opened.add(at);
    }
    const { scrollLeft, scrollTop } = this.root;
    this.draw();
    this.root.scrollTo(scrollLeft, scrollTop);
    this.root.querySelector(`[data-toggle="${at}"]`).focus({ preventScroll: true });
  }

  click(event) {
    const button = event.target.closest("button");
    if (button?.dataset.toggle) {
      this.toggle(Number(button.dataset.toggle));
    } else if (button?.dataset.graph) {
      this.onGraph(Number(button.dataset.graph));
    } else if (event.target.closest(".line, .block") && getSelection().isCollapsed) {
      const again = this.kept && event.target.closest(".line") === this.item;
      this.keep(false);
      this.point(event.target);
      this.keep(!again);
    } else {
      this.release();
    }
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("button")) {
      return;
    }
    const lines = (cell) => [...cell.querySelectorAll(".line:not(.del)")];
    const here = event.target.closest(".line");
    if (event.key === "Enter" && here) {
      this.keep(!this.kept);
    } else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) {
      this.keep(false);
      const next = here ? this.neighbour(here, event.key, lines) : this.root.querySelector(".line");
      next?.focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** The line above or below, or the one at the same height of the same block in the column beside. */
  neighbour(here, key, lines) {
    const cell = here.closest(".block");
    const at = Number(cell.dataset.at);
    if (key === "ArrowUp" || key === "ArrowDown") {
      const column = this.rows.flatMap((id) => this.cells.get(id).filter((other) => Number(other.dataset.at) === at).flatMap(lines));
      return column[column.indexOf(here) + (key === "ArrowDown" ? 1 : -1)];
    }
    const beside = this.cells.get(Number(cell.dataset.block))
      .filter((other) => (key === "ArrowRight" ? Number(other.dataset.at) > at : Number(other.dataset.at) < at))
      .filter((other) => lines(other).length > 0);
    const other = key === "ArrowRight" ? beside[0] : beside[beside.length - 1];
    const candidates = other ? lines(other) : [];
    return candidates.find((item) => item.dataset.line === here.dataset.line) ?? candidates[Math.min(lines(cell).indexOf(here), candidates.length - 1)];
  }
}

function clipped(text) {
  return text.length > LONGEST_OPERAND ? `${text.slice(0, LONGEST_OPERAND)}…` : text;
}

/** `3:4-13`, or `3:4-5:1` over several lines. */
function placeText(place) {
  if (place.length === 0) {
    return "";
  }
  const [line, start, endLine, end] = place;
  return line === endLine ? `${line}:${start}-${end}` : `${line}:${start}-${endLine}:${end}`;
}
