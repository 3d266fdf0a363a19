// The graph of the blocks at one pass.

const SVG = "http://www.w3.org/2000/svg";
/** Width of a character and height of a line of the instructions in the blocks, in pixels. */
const CHARACTER = 6.7;
const LINE = 15;
/** Longest line of an instruction in a block, in characters. */
const LONGEST_LINE = 44;
/** A graph with more instructions shows only the ends of its blocks at first. */
const DETAILED = 120;

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

class Graph {
  constructor(canvas, title, onPick) {
    this.canvas = canvas;
    this.title = title;
    this.scale = 1;
    this.exceptions = true;
    const blockOf = (event) => event.target.closest?.("[data-block]");
    canvas.addEventListener("pointerover", (event) => {
      const block = blockOf(event);
      onPick(block ? Number(block.dataset.block) : null, false);
    });
    canvas.addEventListener("click", (event) => {
      const block = blockOf(event);
      if (block) {
        onPick(Number(block.dataset.block), true);
      }
    });
    canvas.addEventListener("wheel", (event) => {
      if (event.ctrlKey) {
        event.preventDefault();
        this.zoom(this.scale * (event.deltaY > 0 ? 0.9 : 1.1));
      }
    }, { passive: false });
  }

  show(unit, stage, name, detailed) {
    const blocks = blocksOf(unit, stage);
    this.detailed = detailed ?? sizeOf(unit, stage) <= DETAILED;
    const nodes = [...blocks.values()].filter((block) => !block.empty).map((block) => this.node(unit, block));
    const drawing = layOut(nodes, edgesOf(blocks, this.exceptions));
    const margin = 24;
    const svg = shape("svg", { role: "img", "aria-label": `Graph of ${name}: ${nodes.length} blocks`, viewBox: `${-margin} ${-margin} ${drawing.width + 2 * margin} ${drawing.height + 2 * margin}` });
    svg.append(markers());
    drawing.edges.forEach((edge) => svg.append(edgeShape(edge)));
    drawing.nodes.forEach((node) => svg.append(nodeShape(node)));
    this.size = { width: drawing.width + 2 * margin, height: drawing.height + 2 * margin };
    this.entry = margin + (drawing.nodes[0]?.center ?? 0);
    this.svg = svg;
    this.title.textContent = name;
    this.canvas.replaceChildren(svg);
    this.fit();
  }

  node(unit, block) {
    const lines = block.lines.map((line) => unit.lines[line]).filter(([word]) => !word.startsWith("."));
    const texts = lines.map(([word, operand]) => `${word} ${operand}`.trim());
    const shown = this.detailed ? texts : texts.slice(-1);
    const rows = shown.map((text) => (text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text));
    const count = `${texts.length} instruction${texts.length === 1 ? "" : "s"}`;
    const title = [`b${block.id}`, ...block.notes.split(" ").filter((note) => ["handler", "cold"].includes(note))].join(" ");
    const head = this.detailed ? title : `${title} · ${count}`;
    const width = Math.max(head.length + 2, ...rows.map((row) => row.length)) * CHARACTER + 18;
    return { id: block.id, width, height: (rows.length + 1) * LINE + 12, head, rows, cold: block.notes.includes("handler") };
  }

  zoom(scale) {
    this.scale = Math.min(3, Math.max(0.05, scale));
    this.svg?.setAttribute("width", this.size.width * this.scale);
    this.svg?.setAttribute("height", this.size.height * this.scale);
  }

  /** The whole width, not larger than life; and not so small that nothing can be read. */
  fit(whole = false) {
    const wide = this.canvas.clientWidth / this.size.width;
    const high = this.canvas.clientHeight / this.size.height;
    this.zoom(Math.min(1, whole ? Math.min(wide, high) : Math.max(wide, 0.55)));
    this.canvas.scrollTo(this.entry * this.scale - this.canvas.clientWidth / 2, 0);
  }

  mark(id) {
    this.svg?.querySelectorAll(".near").forEach((node) => node.classList.remove("near"));
    this.svg?.querySelectorAll(`[data-block="${id}"], [data-ends~="${id}"]`).forEach((node) => node.classList.add("near"));
  }
}

/** What leads to an empty block leads to the next one that is not: the empty ones are not shown. */
function edgesOf(blocks, exceptions) {
  const edges = [];
  for (const block of blocks.values()) {
    const add = (to, kind) => {
      while (to !== null && blocks.get(to)?.empty) {
        to = blocks.get(to).next;
      }
      if (to !== null && !block.empty) {
        edges.push({ from: block.id, to, kind });
      }
    };
    block.jumps.forEach((to) => add(to, "jump"));
    if (block.falls) {
      add(block.next, "fall");
    }
    if (exceptions) {
      block.handlers.forEach((to) => add(to, "catch"));
    }
  }
  return edges;
}

function markers() {
  const defs = shape("defs", {});
  for (const kind of ["jump", "fall", "catch"]) {
    const marker = shape("marker", { id: `arrow-${kind}`, class: kind, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" });
    marker.append(shape("path", { d: "M0 0.8 8 4 0 7.2z" }));
    defs.append(marker);
  }
  return defs;
}

/** A smooth line through the points: downwards at the blocks, and upwards between them if it closes a loop. */
function edgeShape({ from, to, kind, back, points }) {
  const last = points.length - 1;
  const heading = (at) => (back && at > 0 && at < last ? -1 : 1);
  let path = `M${points[0].x} ${points[0].y}`;
  for (let at = 1; at <= last; at++) {
    const [a, b] = [points[at - 1], points[at]];
    const [leaving, arriving] = [heading(at - 1), heading(at)];
    if (leaving === arriving && Math.abs(a.x - b.x) < 0.5) {
      path += `L${b.x} ${b.y}`;
      continue;
    }
    const bend = Math.max(Math.abs(b.y - a.y) / 2, leaving === arriving ? 0 : 20);
    path += `C${a.x} ${a.y + leaving * bend} ${b.x} ${b.y - arriving * bend} ${b.x} ${b.y}`;
  }
  return shape("path", { d: path, class: `edge ${kind}`, "marker-end": `url(#arrow-${kind})`, "data-ends": `${from} ${to}` });
}

function nodeShape({ id, x, y, width, height, head, rows, cold }) {
  const group = shape("g", { class: cold ? "node handler" : "node", "data-block": id, transform: `translate(${x} ${y})` });
  group.append(shape("rect", { width, height, rx: 5 }));
  group.append(shape("text", { x: 9, y: LINE, class: "id" }, head));
  rows.forEach((row, at) => group.append(shape("text", { x: 9, y: (at + 2) * LINE + 2 }, row)));
  return group;
}
