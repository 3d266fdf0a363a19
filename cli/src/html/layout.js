// A layered layout of a graph: edges run downwards but for those that close a loop, which run up beside the blocks.

const LAYER_GAP = 44;
const NODE_GAP = 26;
const LANE = 12;
const ROUNDS = 12;

/**
 * `nodes` are `{ id, width, height }`, the first one is the entry; `edges` are `{ from, to, kind }`. Gives each node
 * an `x` and `y` (of its upper left corner), each edge `points` and `back`, and the size of the whole.
 */
function layOut(nodes, edges) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  edges = edges.filter((edge) => byId.has(edge.from) && byId.has(edge.to));
  rank(nodes, edges, byId);
  const { layers, links } = makeLayers(nodes, edges, byId);
  order(layers, links);
  const { width, height } = place(layers, links);
  route(edges, byId);
  return { nodes, edges, width, height };
}

/** Marks the edges that close a loop, and gives each node the layer below all that lead to it. */
function rank(nodes, edges, byId) {
  const out = new Map(nodes.map((node) => [node.id, []]));
  edges.forEach((edge) => out.get(edge.from).push(edge));
  const state = new Map();
  const finished = [];
  for (const root of nodes) {
    if (state.has(root.id)) {
      continue;
    }
    const stack = [{ id: root.id, at: 0 }];
    state.set(root.id, "open");
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const edge = out.get(top.id)[top.at++];
      if (edge === undefined) {
        state.set(top.id, "done");
        finished.push(top.id);
        stack.pop();
      } else if (!state.has(edge.to)) {
        edge.back = false;
        state.set(edge.to, "open");
        stack.push({ id: edge.to, at: 0 });
      } else {
        edge.back = state.get(edge.to) === "open";
      }
    }
  }
  nodes.forEach((node) => { node.layer = 0; });
  const following = (id) => out.get(id).filter((edge) => !edge.back).map((edge) => byId.get(edge.to));
  const push = (id) => following(id).forEach((to) => { to.layer = Math.max(to.layer, byId.get(id).layer + 1); });
  const topological = [...finished].reverse();
  topological.forEach(push);
  // What the entry does not lead to stands just above what it leads to.
  const reached = new Set([nodes[0]?.id]);
  for (const id of topological) {
    if (reached.has(id)) {
      following(id).forEach((to) => reached.add(to.id));
    }
  }
  const others = topological.filter((id) => !reached.has(id));
  others.forEach((id) => { byId.get(id).layer = 0; });
  const anchored = new Set(reached);
  for (const id of [...others].reverse()) {
    const layers = following(id).filter((to) => anchored.has(to.id)).map((to) => to.layer);
    if (layers.length > 0) {
      byId.get(id).layer = Math.max(0, Math.min(...layers) - 1);
      anchored.add(id);
    }
  }
  others.forEach(push);
}

/** The nodes by layer, with a lane for each edge in each layer that it passes, and the links between neighbours. */
function makeLayers(nodes, edges, byId) {
  const layers = [];
  const links = [];
  const add = (item) => {
    while (layers.length <= item.layer) {
      layers.push([]);
    }
    layers[item.layer].push(item);
    return item;
  };
  const link = (upper, lower) => links.push({ upper, lower });
  nodes.forEach(add);
  for (const edge of edges) {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    const [first, last] = edge.back ? [to.layer, from.layer] : [from.layer + 1, to.layer - 1];
    edge.lanes = [];
    for (let layer = first; layer <= last; layer++) {
      edge.lanes.push(add({ lane: true, layer, width: LANE, height: 0 }));
    }
    const chain = edge.back ? edge.lanes : [from, ...edge.lanes, to];
    for (let at = 1; at < chain.length; at++) {
      link(chain[at - 1], chain[at]);
    }
    if (edge.back) {
      // Beside its ends: tied to what is next to them.
      edge.lanes[0].beside = to;
      edge.lanes[edge.lanes.length - 1].beside = from;
    }
  }
  return { layers, links };
}

/** Orders each layer by the middle of what its items are linked with, up and down, and keeps the best order seen. */
function order(layers, links) {
  const above = new Map();
  const below = new Map();
  layers.flat().forEach((item) => { above.set(item, []); below.set(item, []); });
  for (const { upper, lower } of links) {
    above.get(lower).push(upper);
    below.get(upper).push(lower);
  }
  const number = (layer) => layer.forEach((item, at) => { item.at = at; });
  layers.forEach(number);
  let best = { crossings: Infinity };
  for (let round = 0; round < ROUNDS && best.crossings > 0; round++) {
    const downwards = round % 2 === 0;
    const neighbours = downwards ? above : below;
    for (const layer of downwards ? layers : [...layers].reverse()) {
      for (const item of layer) {
        const linked = neighbours.get(item);
        item.middle = linked.length > 0
          ? linked.reduce((sum, other) => sum + other.at, 0) / linked.length
          : item.at;
        item.alone = linked.length === 0;
      }
      for (const item of layer.filter((item) => item.beside && item.alone)) {
        item.middle = item.beside.middle + 0.01;
      }
      layer.sort((a, b) => a.middle - b.middle);
      number(layer);
    }
    const crossings = countCrossings(layers, below);
    if (crossings < best.crossings) {
      best = { crossings, layers: layers.map((layer) => [...layer]) };
    }
  }
  best.layers?.forEach((layer, at) => { layers[at] = layer; });
  layers.forEach(number);
}

function countCrossings(layers, below) {
  let crossings = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((item) => below.get(item).map((lower) => lower.at).sort((a, b) => a - b));
    for (let i = 0; i < ends.length; i++) {
      for (let j = i + 1; j < ends.length; j++) {
        crossings += ends[i] > ends[j] ? 1 : 0;
      }
    }
  }
  return crossings;
}

/** Gives each item a place: below what leads to it, and above what it leads to, as far as the order of its layer allows. */
function place(layers, links) {
  const above = new Map(layers.flat().map((item) => [item, []]));
  const below = new Map(layers.flat().map((item) => [item, []]));
  for (const { upper, lower } of links) {
    below.get(upper).push(lower);
    above.get(lower).push(upper);
  }
  const gap = (left, right) => (left.width + right.width) / 2 + (left.lane && right.lane ? 2 : NODE_GAP);
  for (const layer of layers) {
    let center = 0;
    layer.forEach((item, at) => {
      center += at > 0 ? gap(layer[at - 1], item) : 0;
      item.center = center;
    });
  }
  // Straight lines first, then the middle of both sides.
  const beside = new Map(layers.flat().map((item) => [item, [...above.get(item), ...below.get(item)]]));
  for (let round = 0; round < 3 * ROUNDS; round++) {
    const downwards = round % 2 === 0;
    for (const layer of downwards ? layers : [...layers].reverse()) {
      settle(layer, round >= 4 ? beside : downwards ? above : below, gap);
    }
  }
  const left = Math.min(...layers.flat().map((item) => item.center - item.width / 2));
  let width = 0;
  let top = 0;
  for (const layer of layers) {
    const height = layer.reduce((most, item) => Math.max(most, item.height), 0);
    for (const item of layer) {
      item.center -= left;
      item.x = item.center - item.width / 2;
      item.y = top;
      item.bottom = top + (item.lane ? height : item.height);
      width = Math.max(width, item.x + item.width);
    }
    top += height + LAYER_GAP;
  }
  return { width, height: top - LAYER_GAP };
}

/**
 * Moves the items of a layer as near as possible to the middle of what they are linked with (least squares under the
 * gaps, by pooling neighbours that would overlap).
 */
function settle(layer, linked, gap) {
  let offset = 0;
  const pools = [];
  layer.forEach((item, at) => {
    offset += at > 0 ? gap(layer[at - 1], item) : 0;
    item.offset = offset;
    const others = linked.get(item);
    const wish = others.length > 0
      ? others.reduce((sum, other) => sum + other.center, 0) / others.length
      : item.beside ? item.beside.center + (item.at < item.beside.at ? -1 : 1) * gap(item.beside, item) : item.center;
    const weight = item.lane ? 4 : 1;
    let pool = { sum: (wish - offset) * weight, weight, items: [item] };
    while (pools.length > 0 && pools[pools.length - 1].sum / pools[pools.length - 1].weight > pool.sum / pool.weight) {
      const left = pools.pop();
      pool = { sum: left.sum + pool.sum, weight: left.weight + pool.weight, items: left.items.concat(pool.items) };
    }
    pools.push(pool);
  });
  for (const pool of pools) {
    pool.items.forEach((item) => { item.center = pool.sum / pool.weight + item.offset; });
  }
}

/** The points that each edge runs through; those at a block are spread over its width. */
function route(edges, byId) {
  const spread = (list, at, width) => (list.length < 2 ? 0 : ((at + 0.5) / list.length - 0.5) * Math.min(width * 0.7, list.length * 22));
  const ends = (key, side) => {
    const groups = new Map();
    edges.forEach((edge) => groups.set(edge[key], [...(groups.get(edge[key]) ?? []), edge]));
    for (const [id, list] of groups) {
      const toward = (edge) => {
        const other = byId.get(side === "start" ? edge.to : edge.from);
        const lane = edge.lanes[edge.back === (side === "start") ? edge.lanes.length - 1 : 0];
        return (lane ?? other).center;
      };
      list.sort((a, b) => toward(a) - toward(b));
      list.forEach((edge, at) => { edge[side] = byId.get(id).center + spread(list, at, byId.get(id).width); });
    }
  };
  ends("from", "start");
  ends("to", "end");
  for (const edge of edges) {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    const lanes = edge.lanes.map((lane) => ({ x: lane.center, top: lane.y, bottom: lane.bottom }));
    const through = edge.back
      ? lanes.reverse().flatMap((lane) => [{ x: lane.x, y: lane.bottom }, { x: lane.x, y: lane.top }])
      : lanes.flatMap((lane) => [{ x: lane.x, y: lane.top }, { x: lane.x, y: lane.bottom }]);
    edge.points = [{ x: edge.start, y: from.bottom }, ...through, { x: edge.end, y: to.y }];
  }
}
