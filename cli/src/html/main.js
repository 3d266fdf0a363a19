// The page: the source, the chooser of code objects, keys.

const find = (id) => document.getElementById(id);

class Source {
  constructor(root, onPoint) {
    this.root = root;
    const lines = document.createDocumentFragment();
    this.lines = page.source.map((text, index) => {
      const line = element("div", "source-line");
      line.dataset.number = index + 1;
      const code = element("code", "", visible(text));
      line.append(element("span", "number", index + 1), code);
      lines.append(line);
      return code;
    });
    root.append(lines);
    root.addEventListener("pointerover", (event) => {
      const line = event.target.closest?.(".source-line");
      onPoint(line ? Number(line.dataset.number) : null);
    });
    root.addEventListener("pointerleave", () => onPoint(null));
  }

  /** Marks a place: line, column, last line, column behind the end. */
  mark(place) {
    for (const number of this.marked ?? []) {
      this.lines[number - 1].textContent = visible(page.source[number - 1]);
      this.lines[number - 1].parentElement.classList.remove("hot");
    }
    this.marked = [];
    if (!place || place.length === 0 || place[0] > this.lines.length) {
      return;
    }
    const [first, start, , end] = place;
    const last = Math.min(place[2], this.lines.length);
    for (let number = first; number <= last; number++) {
      const text = page.source[number - 1];
      const from = number === first && start >= 0 ? column(text, start) : text.length - text.trimStart().length;
      const to = number === last && end >= 0 ? column(text, end) : text.length;
      const mark = element("mark", "", visible(text.slice(from, to)));
      this.lines[number - 1].replaceChildren(visible(text.slice(0, from)), mark, visible(text.slice(to)));
      this.lines[number - 1].parentElement.classList.add("hot");
      this.marked.push(number);
    }
    this.reveal(first, "nearest");
  }

  reveal(number, block) {
    this.lines[Math.max(0, number - 1)]?.parentElement.scrollIntoView({ block });
  }
}

/** Control characters as pictures of themselves, so that each is seen and none moves the others. */
function visible(text) {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (control) => String.fromCharCode(control === "\x7f" ? 0x2421 : 0x2400 + control.charCodeAt(0)));
}

class Page {
  constructor() {
    this.units = [...page.units].sort((a, b) => a.line - b.line || b.stages[0].layout.length - a.stages[0].layout.length);
    find("file").textContent = page.file;
    find("target").textContent = `CPython ${page.target}`;
    this.source = new Source(find("source"), (number) => this.columns.pointAtSource(number));
    this.columns = new Columns(find("columns"), (place, block) => {
      this.source.mark(place);
      this.graph.mark(block);
    }, (at) => this.showGraph(at));
    this.graph = new Graph(find("canvas"), find("graph-title"), (block, chosen) => {
      this.graph.mark(block);
      this.columns.pointAtBlock(block);
      if (chosen) {
        this.columns.reveal(block, this.graphAt);
      }
    });
    this.fillChooser();
    this.listen();
    this.show(Math.max(0, this.units.findIndex((unit) => unit.id === decodeURIComponent(location.hash.slice(1)))));
  }

  fillChooser() {
    const options = this.units.map((unit, index) => {
      const option = element("option", "", `${unit.id}  (line ${unit.line})`);
      option.value = index;
      return option;
    });
    find("units").append(...options);
  }

  listen() {
    const on = (id, action) => find(id).addEventListener("click", action);
    find("units").addEventListener("change", () => this.show(Number(find("units").value)));
    on("previous", () => this.step(-1));
    on("next", () => this.step(1));
    on("only-changes", () => this.setOnlyChanges(!this.onlyChanges));
    on("show-graph", () => (this.graphOpen ? this.hideGraph() : this.showGraph(this.graphAt ?? this.lastChange())));
    on("theme", changeTheme);
    on("show-help", toggleHelp);
    on("smaller", () => this.graph.zoom(this.graph.scale * 0.8));
    on("larger", () => this.graph.zoom(this.graph.scale * 1.25));
    on("fit", () => this.graph.fit(true));
    on("exceptions", () => {
      this.graph.exceptions = !this.graph.exceptions;
      find("exceptions").setAttribute("aria-pressed", this.graph.exceptions);
      this.showGraph(this.graphAt, this.graph.detailed);
    });
    on("detail", () => this.showGraph(this.graphAt, !this.graph.detailed));
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => {
      const found = this.units.findIndex((unit) => unit.id === decodeURIComponent(location.hash.slice(1)));
      if (found >= 0 && found !== this.index) {
        this.show(found);
      }
    });
  }

  show(index) {
    const unit = this.units[index];
    if (!unit) {
      return;
    }
    this.index = index;
    this.unit = unit;
    find("units").value = index;
    history.replaceState(null, "", `#${encodeURIComponent(unit.id)}`);
    const [first, last] = [unit.stages[0], unit.stages[unit.stages.length - 1]];
    find("summary").textContent = `${sizeOf(unit, first)} → ${sizeOf(unit, last)} instructions, ${last.layout.length} blocks`;
    this.columns.keep(false);
    this.setOnlyChanges(Columns.isLarge(unit), unit);
    this.source.mark(null);
    this.source.reveal(unit.line, "start");
    this.graphAt = undefined;
    if (this.graphOpen) {
      this.showGraph(this.lastChange());
    }
  }

  step(by) {
    this.show((this.index + by + this.units.length) % this.units.length);
  }

  lastChange() {
    return this.columns.steps.findLastIndex((step) => step.changed);
  }

  setOnlyChanges(onlyChanges, unit) {
    this.onlyChanges = onlyChanges;
    find("only-changes").setAttribute("aria-pressed", onlyChanges);
    if (unit) {
      this.columns.show(unit, onlyChanges);
    } else {
      this.columns.setOnlyChanges(onlyChanges);
    }
  }

  showGraph(at, detailed) {
    const step = this.columns.steps[at];
    this.graphAt = at;
    this.graphOpen = true;
    find("graph").hidden = false;
    find("show-graph").setAttribute("aria-pressed", "true");
    this.graph.show(this.unit, step.stage, this.columns.nameOf(step), detailed);
    find("detail").setAttribute("aria-pressed", this.graph.detailed);
  }

  hideGraph() {
    this.graphOpen = false;
    find("graph").hidden = true;
    find("show-graph").setAttribute("aria-pressed", "false");
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("select")) {
      return;
    }
    const actions = {
      j: () => this.step(1),
      k: () => this.step(-1),
      c: () => find("only-changes").click(),
      g: () => find("show-graph").click(),
      t: () => changeTheme(),
      "?": () => toggleHelp(),
      Escape: () => this.columns.release(),
      "+": () => this.graphOpen && find("larger").click(),
      "-": () => this.graphOpen && find("smaller").click(),
      0: () => this.graphOpen && find("fit").click(),
    };
    if (Object.hasOwn(actions, event.key)) {
      actions[event.key]();
      event.preventDefault();
    }
  }
}

function changeTheme() {
  const root = document.documentElement;
  const dark = root.style.colorScheme ? root.style.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.style.colorScheme = dark ? "light" : "dark";
}

function toggleHelp() {
  const help = find("help");
  help.hidden = !help.hidden;
  find("show-help").setAttribute("aria-expanded", !help.hidden);
}

new Page();
