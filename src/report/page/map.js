// The interactive map of the report: H3 cells coloured by layer and month, on a canvas.
// Parts: tools, geometry, values and scales, then `build`, which draws and answers the reader.
(() => {
  "use strict";

  const DIFFERENCE = 2; // beside 0 and 1, the positions of the views in the payload
  const WHOLE = -1; // stands for the whole run where a month is asked for
  const NEAR_KM = 60;
  const KM_PER_DEGREE = 111.195;
  const REST_MS = 120;
  const MARGIN = 0.2; // land is drawn this much beyond the edge, so that a drag can reuse it

  // Ramps run from low to high. On a light ground high is dark, on a dark ground high is bright:
  // high values stand out from the ground in both, and so do large differences.
  const RAMPS = {
    light: ["#f2e58a", "#b5d96c", "#62bd78", "#2b9a8b", "#2b7290", "#3b4a84", "#3f1f5e"],
    dark: ["#4b3b7c", "#41589a", "#2f7b98", "#259a8b", "#55b96c", "#a9d64a", "#fdec5a"],
    lightDifference: ["#0b4a8f", "#2f7fc1", "#8fbfe3", "#fbfbf9", "#f5b36b", "#dd7414", "#8f3d00"],
    darkDifference: ["#7cc4ff", "#3f8fd8", "#41688f", "#666b72", "#96683f", "#dd7f2a", "#ffb870"],
  };
  // Holders: told apart by hue and by lightness, for colour-blind readers; the state is a plain grey.
  const HOLDER_COLOURS = ["#332288", "#88ccee", "#cc6677", "#000000", "#ddcc77", "#d9b99b", "#44aa99",
    "#aa4499", "#117733", "#882255", "#ee7733", "#0077bb", "#999933", "#ee3377"];
  const STATE_COLOUR = { light: "#b9bec6", dark: "#7c838c" };
  const DARK_INSTEAD = { "#332288": "#7d6be0", "#000000": "#ffffff", "#117733": "#2fa35a", "#882255": "#b8457e" };

  /* ---------- tools ---------- */

  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false) node.setAttribute(name, value);
    }
    node.append(...children); // strings become text nodes: names may hold markup and stay text
    return node;
  };
  const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const shape = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
  // 0.3 - 0.1 is to read 0.2: sums and differences keep the digits that a double can vouch for.
  const tidy = (x) => Number(x.toPrecision(12));
  const nice = (name) => name.replaceAll("_", " ");
  const rounded = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
  const precise = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
  const tickText = (x) => (Math.abs(x) >= 100 ? rounded : precise).format(x).replace("-", "\u2212");
  const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
  const monthText = (month) =>
    /^\d{4}-\d{2}$/.test(month) ? monthFormat.format(new Date(`${month}-01T00:00:00Z`)) : month;

  function distanceKm(lon, lat, otherLon, otherLat) {
    const rad = Math.PI / 180;
    const chord = Math.sin(((otherLat - lat) * rad) / 2) ** 2 +
      Math.cos(lat * rad) * Math.cos(otherLat * rad) * Math.sin(((otherLon - lon) * rad) / 2) ** 2;
    return 2 * 6371.0088 * Math.asin(Math.sqrt(chord));
  }

  function niceTicks(low, high, wanted) {
    const least = (high - low) / wanted;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= least * 0.999);
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) ticks.push(tidy(k * step));
    return ticks;
  }

  function mix(stops, share) {
    const at = clamp(share, 0, 1) * (stops.length - 1);
    const from = Math.min(Math.floor(at), stops.length - 2);
    const part = (stop, k) => parseInt(stop.slice(1 + 2 * k, 3 + 2 * k), 16);
    const blend = (k) => Math.round(part(stops[from], k) + (part(stops[from + 1], k) - part(stops[from], k)) * (at - from));
    return `#${[0, 1, 2].map((k) => blend(k).toString(16).padStart(2, "0")).join("")}`;
  }

  function download(name, type, parts) {
    const url = URL.createObjectURL(new Blob(parts, { type }));
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  async function decode(text) {
    const packed = atob(text.trim());
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  /* ---------- geometry ---------- */

  function stretch(box, lon, lat) {
    box.west = Math.min(box.west, lon); box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat); box.north = Math.max(box.north, lat);
  }

  // World units are degrees of latitude, y downwards: x = longitude * cos(middle latitude), y = -latitude.
  function makeGeometry(data, isUsed) {
    const count = data.cells.length;
    const first = new Int32Array(count + 1); // first corner of each cell
    data.outlines.forEach((outline, i) => { first[i + 1] = first[i] + outline.length / 2; });
    const fit = { west: Infinity, east: -Infinity, north: -Infinity, south: Infinity };
    data.outlines.forEach((outline, i) => {
      if (isUsed[i]) for (let k = 0; k < outline.length; k += 2) stretch(fit, outline[k] / 1000, outline[k + 1] / 1000);
    });
    for (const i of isUsed.places) stretch(fit, data.places[i].x / 1000, data.places[i].y / 1000);
    if (!(fit.east > fit.west)) Object.assign(fit, { west: -10, east: 35, south: 10, north: 40 });
    const squeeze = Math.cos((((fit.south + fit.north) / 2) * Math.PI) / 180);

    const corners = new Float32Array(2 * first[count]);
    const x = new Float32Array(count), y = new Float32Array(count), reach = new Float32Array(count);
    data.outlines.forEach((outline, i) => {
      const sides = outline.length / 2;
      for (let k = 0; k < sides; k++) {
        const px = (outline[2 * k] / 1000) * squeeze, py = -outline[2 * k + 1] / 1000;
        corners[2 * (first[i] + k)] = px; corners[2 * (first[i] + k) + 1] = py;
        x[i] += px / sides; y[i] += py / sides;
      }
      for (let k = first[i]; k < first[i + 1]; k++) {
        reach[i] = Math.max(reach[i], Math.hypot(corners[2 * k] - x[i], corners[2 * k + 1] - y[i]));
      }
    });

    const holds = (i, px, py) => {
      let inside = false;
      for (let k = first[i], last = first[i + 1] - 1; k < first[i + 1]; last = k++) {
        const ax = corners[2 * k], ay = corners[2 * k + 1], bx = corners[2 * last], by = corners[2 * last + 1];
        if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside;
      }
      return inside;
    };
    function cellAt(px, py) { // a check of every cell takes a tenth of a millisecond
      for (let i = 0; i < count; i++) {
        if (Math.abs(px - x[i]) <= reach[i] && Math.abs(py - y[i]) <= reach[i] && holds(i, px, py)) return i;
      }
      return -1;
    }

    const places = data.places.map((place, index) => ({ ...place, index, lon: place.x / 1000, lat: place.y / 1000,
      x: (place.x / 1000) * squeeze, y: -place.y / 1000 }));
    const nearby = new Map();
    function nearest(i) {
      if (!nearby.has(i)) {
        let best = null, least = NEAR_KM;
        for (const place of places) {
          const km = distanceKm(x[i] / squeeze, -y[i], place.lon, place.lat);
          if (km <= least) { best = { name: place.name, km }; least = km; }
        }
        nearby.set(i, best);
      }
      return nearby.get(i);
    }
    return { count, first, corners, x, y, reach, squeeze, fit, cellAt, places, nearest, ...makeLand(data.land, squeeze, fit) };
  }

  // Countries as paths in world units. A segment that two countries share is a border, else it is coast;
  // segments on the edge of the clipped payload are neither and are not drawn.
  function makeLand(land, squeeze, fit) {
    const edge = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
    const shared = new Map();
    const name = (ring, k) => {
      const one = `${ring[k]},${ring[k + 1]}`, other = `${ring[k + 2]},${ring[k + 3]}`;
      return one < other ? one + ";" + other : other + ";" + one;
    };
    for (const { rings } of land) {
      for (const ring of rings) {
        for (let k = 0; k < ring.length; k += 2) {
          stretch(edge, ring[k] / 1000, ring[k + 1] / 1000);
          if (k + 3 < ring.length) shared.set(name(ring, k), (shared.get(name(ring, k)) ?? 0) + 1);
        }
      }
    }
    const onEdge = (ring, k) =>
      (ring[k] === ring[k + 2] && [edge.west, edge.east].includes(ring[k] / 1000)) ||
      (ring[k + 1] === ring[k + 3] && [edge.south, edge.north].includes(ring[k + 1] / 1000));
    const countries = land.map((country) => {
      const paths = { ground: new Path2D(), coast: new Path2D(), border: new Path2D() };
      const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
      let label = { width: 0 };
      for (const ring of country.rings) {
        let kind = null, area = 0, sumX = 0, sumY = 0, west = Infinity, east = -Infinity;
        for (let k = 0; k < ring.length; k += 2) {
          const px = (ring[k] / 1000) * squeeze, py = -ring[k + 1] / 1000;
          if (k === 0) paths.ground.moveTo(px, py);
          else paths.ground.lineTo(px, py);
          box.x0 = Math.min(box.x0, px); box.x1 = Math.max(box.x1, px);
          box.y0 = Math.min(box.y0, py); box.y1 = Math.max(box.y1, py);
          west = Math.min(west, px); east = Math.max(east, px);
          if (k + 3 >= ring.length) continue;
          const qx = (ring[k + 2] / 1000) * squeeze, qy = -ring[k + 3] / 1000;
          const cross = px * qy - qx * py;
          area += cross; sumX += (px + qx) * cross; sumY += (py + qy) * cross;
          const now = onEdge(ring, k) ? null : shared.get(name(ring, k)) > 1 ? "border" : "coast";
          if (now && now !== kind) paths[now].moveTo(px, py);
          if (now) paths[now].lineTo(qx, qy);
          kind = now;
        }
        paths.ground.closePath();
        if (area && east - west > label.width) label = { x: sumX / (3 * area), y: sumY / (3 * area), width: east - west };
      }
      return { name: country.name, ...paths, box, label };
    });
    // The reader may pan this far: over all land there is, and a little beyond the cells.
    const bounds = { west: Math.min(edge.west, fit.west - 1), east: Math.max(edge.east, fit.east + 1),
      south: Math.min(edge.south, fit.south - 1), north: Math.max(edge.north, fit.north + 1) };
    return { countries, bounds };
  }

  /* ---------- values and scales ---------- */

  // A frame is what one map shows: {index, value}, index of cells (or of places, for a layer of points).
  function makeValues(data) {
    const kept = new Map();
    const keep = (key, work) => {
      if (!kept.has(key)) kept.set(key, work());
      return kept.get(key);
    };
    const adds = (layer) => / a month$/.test(layer.unit);
    const isCategory = (layer) => layer.scale === "category";
    const frameOf = (pairs) => ({ index: Int32Array.from(pairs, (p) => p[0]), value: Float64Array.from(pairs, (p) => p[1]) });

    function monthFrame(view, layer, month) {
      const [steps, values] = data.views[view].layers[layer.key]?.[month] ?? [[], []];
      const size = layer.points ? data.places.length : data.cells.length;
      const pairs = [];
      let at = 0;
      steps.forEach((step, k) => {
        at = layer.points ? step : at + step;
        if (at >= 0 && at < size && Number.isFinite(values[k])) pairs.push([at, values[k]]);
      });
      return frameOf(pairs);
    }

    // Flows add up over the run, levels are averaged over the months with a value (over all where absent
    // means zero), and of holders the one that held longest is shown.
    function wholeFrame(view, layer) {
      const found = new Map();
      data.months.forEach((_, month) => {
        const { index, value } = frame(view, layer, month);
        index.forEach((i, k) => {
          if (!found.has(i)) found.set(i, isCategory(layer) ? new Map() : { sum: 0, months: 0 });
          const entry = found.get(i);
          if (isCategory(layer)) entry.set(value[k], (entry.get(value[k]) ?? 0) + 1);
          else { entry.sum += value[k]; entry.months += 1; }
        });
      });
      return frameOf([...found].map(([i, entry]) => [i, isCategory(layer)
        ? [...entry].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
        : tidy(adds(layer) ? entry.sum : entry.sum / (layer.zero_where_absent ? data.months.length : entry.months))]));
    }

    // Second view less first. A flow without a value counts as 0, and so does a level where absent means
    // zero; other levels need both values.
    // For holders: the holder in the second view, where the two views differ.
    function differenceFrame(layer, month) {
      const [before, after] = [0, 1].map((view) => {
        const { index, value } = frame(view, layer, month);
        return new Map(Array.from(index, (i, k) => [i, value[k]]));
      });
      const pairs = [];
      for (const i of new Set([...before.keys(), ...after.keys()])) {
        const a = before.get(i), b = after.get(i);
        if (isCategory(layer)) { if (b !== undefined && a !== b) pairs.push([i, b]); }
        else if (adds(layer) || layer.zero_where_absent) pairs.push([i, tidy((b ?? 0) - (a ?? 0))]);
        else if (a !== undefined && b !== undefined) pairs.push([i, tidy(b - a)]);
      }
      return frameOf(pairs);
    }

    const frame = (which, layer, month) => keep(`${which}/${layer.key}/${month}`, () =>
      which === DIFFERENCE ? differenceFrame(layer, month)
        : month === WHOLE ? wholeFrame(which, layer) : monthFrame(which, layer, month));

    function valueAt(which, layer, month, i) {
      const { index, value } = frame(which, layer, month);
      const k = index.indexOf(i);
      return k < 0 ? undefined : value[k];
    }

    // One scale for all months and both views (another for differences, another for the whole run),
    // so that colours can be compared while the map plays.
    const scale = (layer, isDifference, isWhole) => keep(`scale/${layer.key}/${isDifference}/${isWhole}`, () => {
      const views = isDifference ? [DIFFERENCE] : data.views.map((_, v) => v);
      const months = isWhole ? [WHOLE] : data.months.map((_, m) => m);
      const frames = views.flatMap((view) => months.map((month) => frame(view, layer, month)));
      if (isCategory(layer)) {
        const present = [...new Set(frames.flatMap((f) => [...f.value]))].filter((v) => data.holders[v] !== undefined);
        return { kind: "category", bins: data.holders.length, present: present.sort((a, b) => a - b), place: (v) => v };
      }
      const all = new Float64Array(frames.reduce((sum, f) => sum + f.value.length, 0));
      frames.reduce((at, f) => { all.set(f.value, at); return at + f.value.length; }, 0);
      return numericScale(all, layer, isDifference, isWhole && adds(layer));
    });
    return { frame, valueAt, scale, adds, isCategory };
  }

  // place(v) is the place of a value on the colour bar, 0 to 1.
  function numericScale(all, layer, isDifference, isSum) {
    const isLog = layer.scale === "log";
    if (isDifference || layer.signed) {
      const sizes = all.map(Math.abs).sort();
      const high = sizes[sizes.length - 1] || 1;
      // Logarithmic on both sides, with a linear piece about zero as wide as the smallest change.
      const knee = Math.max(sizes.find((v) => v > 0) ?? high, high / 1e4);
      const size = isLog ? (v) => Math.log1p(v / knee) / Math.log1p(high / knee) : (v) => v / high;
      const side = isLog ? decades(knee, high) : niceTicks(0, high, 2).slice(1);
      return { kind: "difference", bins: 65, isLog, low: -high, high, place: (v) => 0.5 + 0.5 * Math.sign(v) * Math.min(1, size(Math.abs(v))),
        ticks: [...side.map((v) => -v).reverse(), 0, ...side] };
    }
    all.sort();
    const least = all[0] ?? 0, most = all[all.length - 1] ?? 1;
    if (isLog) {
      const high = Math.max((!isSum && layer.max) || most, 1e-9);
      const positive = all.find((v) => v > 0) ?? high;
      const floor = 10 ** Math.ceil(Math.log10(high / 1e5)); // five decades of colour are enough
      const low = Math.min(Math.max(positive, floor), high / 10);
      return { kind: "ramp", bins: 64, isLog, low, high, under: least < low, over: most > high,
        place: (v) => (v > 0 ? Math.log(v / low) / Math.log(high / low) : 0), ticks: decades(low, high) };
    }
    // A few extreme values would leave everything else in one colour: then the top is the 99.5th percentile.
    const top = all[Math.floor((all.length - 1) * 0.995)] ?? 1;
    const high = (!isSum && layer.max) || (most > 1.5 * top && top > 0 ? top : most) || 1;
    const low = least < 0 ? least : least >= high / 2 && least < high ? least : 0;
    return { kind: "ramp", bins: 64, isLog, low, high, under: least < low, over: most > high,
      place: (v) => (v - low) / (high - low), ticks: niceTicks(low, high, 5) };
  }

  function decades(low, high) {
    const factors = high / low < 50 ? [1, 2, 5] : [1];
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
      for (const factor of factors) {
        const tick = tidy(factor * 10 ** power);
        if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
      }
    }
    return ticks;
  }

  /* ---------- the map ---------- */

  // Shows one run, or two beside each other, until `alive` is aborted.
  function build(section, data, alive) {
    const values = makeValues(data);
    const { frame, valueAt, adds, isCategory } = values;
    const layers = data.layers.filter((layer) => data.views.some((view) => view.layers[layer.key]));
    const lastMonth = data.months.length - 1;
    const isPair = data.views.length > 1;

    // The first picture shows the cells with numbers; who holds the ground is known far beyond them.
    const isUsed = new Uint8Array(data.cells.length);
    isUsed.places = new Set(); // places with values of their own, such as prices
    for (const layer of layers.filter((l) => !isCategory(l) || layers.every(isCategory))) {
      data.views.forEach((_, view) => data.months.forEach((_, month) => {
        for (const i of frame(view, layer, month).index) {
          if (layer.points) isUsed.places.add(i);
          else isUsed[i] = 1;
        }
      }));
    }
    const geometry = makeGeometry(data, isUsed);
    const { places } = geometry;
    const placeInCell = new Map(); // the place with prices in a cell, if any
    for (const i of isUsed.places) placeInCell.set(geometry.cellAt(places[i].x, places[i].y), i);
    const byRank = [...places].sort((a, b) => a.rank - b.rank || (b.kind === "capital") - (a.kind === "capital"));

    const state = { layer: layers[0], month: 0, isWhole: false, view: "0", isPlaying: false,
      hover: null, pinned: null, cursor: null };
    const camera = { x: 0, y: 0, scale: 1, isHome: true }; // centre in world units, CSS pixels per degree
    const size = { width: 0, height: 0, ratio: 1, fitScale: 1 };
    const viewNames = { 0: data.views[0].name };
    if (isPair) Object.assign(viewNames, { 1: data.views[1].name, side: "side by side",
      difference: `difference (${data.views[1].name} less ${data.views[0].name})` });

    const month = () => (state.isWhole ? WHOLE : state.month);
    const shown = () => ({ side: [0, 1], difference: [DIFFERENCE], 1: [1] })[state.view] ?? [0]; // one number a canvas
    const scaleNow = () => values.scale(state.layer, state.view === "difference", state.isWhole);
    const position = (target) => (state.layer.points ? target.place : target.cell);
    const unitText = () => {
      const { unit } = state.layer;
      if (!state.isWhole || !unit) return unit;
      return adds(state.layer) ? unit.replace(/ a month$/, " in the whole run") : `${unit}, mean of months`;
    };
    const timeText = () => !state.isWhole ? monthText(data.months[state.month])
      : `${monthText(data.months[0])} to ${monthText(data.months[lastMonth])}`;
    const valueText = (value) => value === undefined ? "no value"
      : isCategory(state.layer) ? nice(data.holders[value] ?? String(value)) : String(value);
    const titleText = () => {
      const kind = !state.isWhole ? "" : isCategory(state.layer) ? ", longest holder" : adds(state.layer) ? ", sum" : ", mean";
      return `${state.layer.title}${kind}, ${timeText()}`;
    };

    /* ----- page elements ----- */

    const choice = (group, legend, entries, pick) => make("fieldset", { class: `map-${group}` },
      make("legend", {}, legend), ...entries.map(([value, text], k) => make("label", {},
        make("input", { type: "radio", name: `map-${group}`, value, checked: k === 0, change: () => pick(value) }),
        make("span", {}, text))));
    const button = (text, label, click, name = "") =>
      make("button", { type: "button", class: name, "aria-label": label, title: label, click }, text);

    const layerPicker = choice("layers", "Layer", layers.map((layer) => [layer.key, layer.title]), setLayer);
    const viewPicker = choice("views", "Run", ["0", "1", "side", "difference"].map((view) => [view, viewNames[view] ?? ""]), setView);
    const playButton = button("\u25b6", "Play", () => play(!state.isPlaying), "map-play");
    const slider = make("input", { type: "range", min: 0, max: lastMonth, step: 1, value: 0, "aria-label": "Month",
      input: () => { play(false); setMonth(Number(slider.value)); } });
    const years = make("div", { class: "map-years", "aria-hidden": "true" });
    const monthLabel = make("output", { class: "map-month" });
    const wholeBox = make("input", { type: "checkbox", change: () => { play(false); setMonth(wholeBox.checked ? WHOLE : state.month); } });
    const title = make("p", { class: "map-title" });
    const canvasHelp = "Arrow keys pan, plus and minus zoom, 0 resets, Shift and an arrow key move from cell to cell, " +
      "Enter pins the cell, Escape lets it go, Space plays.";
    const panes = (isPair ? [0, 1] : [0]).map(() => {
      const canvas = make("canvas", { class: "map-canvas", tabindex: "0", role: "application", "aria-roledescription": "map" });
      return { canvas, ink: canvas.getContext("2d"), raster: make("canvas") };
    });
    const tip = make("div", { class: "map-tip", hidden: true });
    const zooming = make("div", { class: "map-zoom" }, button("+", "Zoom in", () => zoom(1.6)),
      button("\u2212", "Zoom out", () => zoom(1 / 1.6)), button("\u2302", "Reset the view", reset));
    const canvases = make("div", { class: "map-canvases" }, ...panes.map((pane) => pane.canvas));
    const stage = make("div", { class: "map-stage" }, canvases, zooming, tip);
    const legend = make("canvas", { class: "map-legend", role: "img" });
    const note = make("p", { class: "map-note" });
    const live = make("p", { class: "map-live", "aria-live": "polite" });
    const panelName = make("h3", { class: "map-panel-name" });
    const panelRead = make("p", { class: "map-panel-read" });
    const panelChart = make("div", { class: "map-panel-chart" });
    const panel = make("div", { class: "map-panel", hidden: true }, make("div", { class: "map-panel-head" }, panelName,
      button("CSV", "Save this cell's values in every layer and month as CSV", saveCsv),
      button("\u00d7", "Close", () => pin(null), "map-close")), panelRead, panelChart);
    // The page names the part; a page without headings gets one here.
    if (!document.querySelector("h2")) section.append(make("h2", {}, "Map"));
    section.append(layerPicker, ...(isPair ? [viewPicker] : []),
      make("div", { class: "map-time" }, playButton, make("div", { class: "map-slide" }, slider, years), monthLabel,
        make("label", { class: "map-whole" }, wholeBox, " whole run")),
      title, stage, legend, note, panel,
      make("div", { class: "map-foot" }, make("p", { class: "map-help" },
        "Drag to pan, scroll or pinch to zoom, click a cell to pin it. On the keyboard: arrows pan, + and \u2212 zoom, Shift + arrows step from cell to cell, Enter pins."),
      make("div", { class: "map-saves" }, button("PNG", "Save the map as an image", savePng),
        button("GeoJSON", "Save the cells of this layer and month as GeoJSON", saveGeoJson))), live);
    section.hidden = false;

    /* ----- colours ----- */

    let theme = {};
    function readTheme() {
      const probe = make("span");
      section.append(probe);
      const ask = (name) => { probe.style.color = `var(--map-${name})`; return getComputedStyle(probe).color; };
      theme = Object.fromEntries(["ink", "muted", "panel", "accent", "sea", "land", "border", "coast"].map((n) => [n, ask(n)]));
      probe.remove();
      theme.font = getComputedStyle(section).fontFamily;
      // The page may choose its theme in any way: what counts is whether the ground is dark.
      const dot = make("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
      dot.fillStyle = theme.land;
      dot.fillRect(0, 0, 1, 1);
      const [red, green, blue] = dot.getImageData(0, 0, 1, 1).data;
      theme.name = 0.3 * red + 0.6 * green + 0.1 * blue < 128 ? "dark" : "light";
      theme.ramp = Array.from({ length: 64 }, (_, k) => mix(RAMPS[theme.name], k / 63));
      theme.difference = Array.from({ length: 65 }, (_, k) => mix(RAMPS[`${theme.name}Difference`], k / 64));
      let next = 0;
      theme.category = data.holders.map((name) => {
        if (name === "state") return STATE_COLOUR[theme.name];
        const colour = HOLDER_COLOURS[next++ % HOLDER_COLOURS.length];
        return (theme.name === "dark" && DARK_INSTEAD[colour]) || colour;
      });
      // The same as numbers, in the order of bytes of an image (red lowest).
      const pack = (colour) => (0xff000000 | (parseInt(colour.slice(5, 7), 16) << 16) | (parseInt(colour.slice(3, 5), 16) << 8) | parseInt(colour.slice(1, 3), 16)) >>> 0;
      theme.packed = Object.fromEntries(["ramp", "difference", "category"].map((kind) => [kind, theme[kind].map(pack)]));
      backdrop.isStale = true;
    }
    const binOf = (scale, value) => scale.kind === "category" ? clamp(value, 0, scale.bins - 1)
      : clamp(Math.floor(scale.place(value) * scale.bins), 0, scale.bins - 1);

    /* ----- drawing: ground, cells, lines and names, then what the reader points at ----- */

    // Land and names change only when the map moves: they wait on canvases wider than the view.
    const backdrop = { ground: make("canvas"), lines: make("canvas"), isStale: true, x: 0, y: 0, scale: 0, zoomedAt: -Infinity };

    function drawBackdrop() {
      const { width, height, ratio } = size;
      const wide = Math.round(width * (1 + 2 * MARGIN) * ratio), high = Math.round(height * (1 + 2 * MARGIN) * ratio);
      const step = camera.scale * ratio;
      // While the map zooms the old picture is stretched; a sharp one follows at rest.
      const isZooming = performance.now() - backdrop.zoomedAt < REST_MS, stretched = camera.scale / backdrop.scale;
      const reachX = (0.5 + MARGIN) * width * stretched - width / 2, reachY = (0.5 + MARGIN) * height * stretched - height / 2;
      const isCovering = Math.abs(backdrop.x - camera.x) * camera.scale <= reachX && Math.abs(backdrop.y - camera.y) * camera.scale <= reachY;
      if (isCovering && !backdrop.isStale && (stretched === 1 || (isZooming && stretched < 3))) return;
      Object.assign(backdrop, { isStale: false, x: camera.x, y: camera.y, scale: camera.scale });
      const [ground, lines] = [backdrop.ground, backdrop.lines].map((canvas) => {
        if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
        const ink = canvas.getContext("2d");
        ink.setTransform(1, 0, 0, 1, 0, 0);
        ink.clearRect(0, 0, wide, high);
        return ink;
      });
      ground.fillStyle = theme.sea;
      ground.fillRect(0, 0, wide, high);
      const left = wide / 2 - camera.x * step, top = high / 2 - camera.y * step;
      const inView = geometry.countries.filter(({ box }) =>
        box.x1 * step + left > 0 && box.x0 * step + left < wide && box.y1 * step + top > 0 && box.y0 * step + top < high);
      for (const ink of [ground, lines]) ink.setTransform(step, 0, 0, step, left, top);
      ground.fillStyle = theme.land;
      for (const country of inView) ground.fill(country.ground, "evenodd");
      lines.lineJoin = "round";
      lines.lineWidth = 1 / step; // one pixel of the screen: thicker lines take ten times as long
      for (const [kind, colour] of [["border", theme.border], ["coast", theme.coast]]) {
        lines.strokeStyle = colour;
        for (const country of inView) lines.stroke(country[kind]);
      }
      lines.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawNames(lines, wide / ratio, high / ratio, inView);
    }

    // Names are laid out in the order of rank; one that would touch an earlier name is left out.
    function drawNames(ink, width, height, inView) {
      const zoomed = camera.scale / size.fitScale, hasPoints = state.layer.points;
      const left = width / 2 - camera.x * camera.scale, top = height / 2 - camera.y * camera.scale;
      const view = { x0: (width - size.width) / 2, x1: (width + size.width) / 2, y0: (height - size.height) / 2, y1: (height + size.height) / 2 };
      // The corners belong to the buttons, the bar of scale and the name of the run.
      const taken = [[view.x1 - 46, view.y0, view.x1, view.y0 + 114], [view.x0, view.y1 - 30, view.x0 + 60, view.y1]];
      if (state.view === "side") taken.push([view.x0, view.y0, view.x0 + 110, view.y0 + 34]);
      const isFree = (box) => taken.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
      // What the edge of the view would cut is left out until the map is moved.
      const isCut = (from, to, y) => [view.x0, view.x1].some((edge) => from < edge && to > edge) || [view.y0, view.y1].some((edge) => Math.abs(y - edge) < 8);
      const write = (text, x, y, colour) => { ink.fillStyle = colour; ink.strokeText(text, x, y); ink.fillText(text, x, y); };
      ink.textBaseline = "middle";
      ink.lineJoin = "round";
      ink.lineWidth = 3;
      ink.strokeStyle = theme.land;

      function nameCountries() {
        ink.font = `600 11px ${theme.font}`;
        ink.letterSpacing = "1.5px";
        ink.textAlign = "center";
        for (const { name, label } of inView) {
          const text = name.toUpperCase(), half = ink.measureText(text).width / 2;
          const x = label.x * camera.scale + left, y = label.y * camera.scale + top;
          const box = [x - half, y - 8, x + half, y + 8];
          if (!(label.width * camera.scale > 2.2 * half) || isCut(x - half, x + half, y) || !isFree(box)) continue;
          taken.push(box);
          write(text, x, y, theme.muted);
        }
        ink.letterSpacing = "0px";
      }

      function namePlaces(candidates, space, mostRank) {
        ink.font = `11px ${theme.font}`;
        ink.textAlign = "left";
        for (const place of candidates) {
          const x = place.x * camera.scale + left, y = place.y * camera.scale + top;
          if (place.rank > mostRank || x < 0 || y < 0 || x > width || y > height || isCut(x - 4, x + 4, y)) continue;
          place.measure ??= ink.measureText(place.name).width + 1;
          const dot = place.kind === "capital" ? 3.2 : 2.4, away = (hasPoints ? 6 : dot) + 3;
          const from = [x + away, x - away - place.measure].find((start) => !isCut(start, start + place.measure, y) &&
            isFree([start - space, y - 7 - space / 2, start + place.measure + space, y + 7 + space / 2]));
          if (from === undefined) continue;
          taken.push([Math.min(from, x - 4), y - 7, Math.max(from + place.measure, x + 4), y + 7]);
          ink.beginPath();
          ink.arc(x, y, dot, 0, 7);
          ink.stroke();
          ink.fillStyle = theme.ink;
          ink.fill();
          write(place.name, from, y, theme.ink);
        }
      }

      if (hasPoints) namePlaces([...isUsed.places].map((i) => places[i]), 2, Infinity);
      nameCountries();
      // Air about a name: less of it when zoomed in, and then names of lower rank come in.
      namePlaces(byRank, clamp(26 / zoomed ** 0.8, 2, 26), zoomed < 1.8 ? 1 : zoomed < 3.5 ? 2 : Infinity);
    }

    function traceCell(ink, i, step, left, top) {
      const { corners, first } = geometry;
      for (let k = 2 * first[i]; k < 2 * first[i + 1]; k += 2) ink.lineTo(corners[k] * step + left, corners[k + 1] * step + top);
      ink.closePath();
    }

    // Cells are filled row by row into an image of our own: with thousands of cells that takes a few
    // milliseconds where the canvas's paths take tens. On coarse screens the image has twice the
    // canvas's size and is shrunk, which smooths the edges. Cells are convex: one stretch a row.
    const cornerX = new Float64Array(16), cornerY = new Float64Array(16);
    function drawCells(pane, shownFrame, scale) {
      const fine = size.ratio < 1.5 ? 2 : 1;
      const wide = pane.canvas.width * fine, high = pane.canvas.height * fine;
      if (pane.image?.width !== wide || pane.image.height !== high) {
        pane.raster.width = wide; pane.raster.height = high;
        pane.image = new ImageData(wide, high);
        pane.pixels = new Uint32Array(pane.image.data.buffer);
      }
      const { index, value } = shownFrame, { x, y, reach, first, corners } = geometry, { pixels } = pane;
      const colours = theme.packed[scale.kind], step = camera.scale * size.ratio * fine;
      pixels.fill(0);
      for (let k = 0; k < index.length; k++) {
        const i = index[k], cx = (x[i] - camera.x) * step + wide / 2, cy = (y[i] - camera.y) * step + high / 2;
        const around = reach[i] * step;
        if (cx < -around || cy < -around || cx > wide + around || cy > high + around) continue;
        const grow = around > 14 * size.ratio * fine ? step * (1 - (0.6 * size.ratio * fine) / around) : step; // a hairline between large cells
        const colour = colours[binOf(scale, value[k])], sides = first[i + 1] - first[i];
        let top = high, bottom = 0;
        for (let c = 0; c < sides; c++) {
          cornerX[c] = (corners[2 * (first[i] + c)] - x[i]) * grow + cx;
          const py = cornerY[c] = (corners[2 * (first[i] + c) + 1] - y[i]) * grow + cy;
          if (py < top) top = py;
          if (py > bottom) bottom = py;
        }
        const lastRow = Math.min(high - 1, Math.floor(bottom - 0.5));
        for (let row = Math.max(0, Math.ceil(top - 0.5)); row <= lastRow; row++) {
          const middle = row + 0.5;
          let from = wide, to = 0;
          for (let c = 0, d = sides - 1; c < sides; d = c++) {
            if (cornerY[c] > middle === cornerY[d] > middle) continue;
            const at = cornerX[c] + ((cornerX[d] - cornerX[c]) * (middle - cornerY[c])) / (cornerY[d] - cornerY[c]);
            if (at < from) from = at;
            if (at > to) to = at;
          }
          const end = row * wide + Math.min(wide, Math.ceil(to - 0.5));
          for (let pixel = row * wide + Math.max(0, Math.ceil(from - 0.5)); pixel < end; pixel++) pixels[pixel] = colour;
        }
      }
      pane.raster.getContext("2d").putImageData(pane.image, 0, 0);
      pane.ink.drawImage(pane.raster, 0, 0, pane.canvas.width, pane.canvas.height);
    }

    function drawPoints(ink, shownFrame, scale, step, left, top, ratio) {
      ink.strokeStyle = theme.land;
      ink.lineWidth = 1.5 * ratio;
      shownFrame.index.forEach((i, k) => {
        ink.beginPath();
        ink.arc(places[i].x * step + left, places[i].y * step + top, 6 * ratio, 0, 7);
        ink.fillStyle = theme[scale.kind][binOf(scale, shownFrame.value[k])];
        ink.fill();
        ink.stroke();
      });
    }

    function drawPane(pane, which) {
      const { ink } = pane, { width, height, ratio } = size;
      const wide = pane.canvas.width, high = pane.canvas.height, step = camera.scale * ratio;
      const left = wide / 2 - camera.x * step, top = high / 2 - camera.y * step;
      const stretched = camera.scale / backdrop.scale, backWide = backdrop.ground.width * stretched, backHigh = backdrop.ground.height * stretched;
      const shiftX = Math.round((wide - backWide) / 2 + (backdrop.x - camera.x) * step);
      const shiftY = Math.round((high - backHigh) / 2 + (backdrop.y - camera.y) * step);
      const scale = scaleNow(), shownFrame = frame(which, state.layer, month());
      ink.setTransform(1, 0, 0, 1, 0, 0);
      ink.drawImage(backdrop.ground, shiftX, shiftY, backWide, backHigh);
      if (!state.layer.points) drawCells(pane, shownFrame, scale);
      ink.drawImage(backdrop.lines, shiftX, shiftY, backWide, backHigh);
      if (state.layer.points) drawPoints(ink, shownFrame, scale, step, left, top, ratio);
      for (const [target, colour, thickness] of [[state.hover, theme.ink, 1.5], [state.cursor, theme.accent, 2.5], [state.pinned, theme.ink, 2.5]]) {
        if (!target) continue;
        ink.beginPath();
        if (state.layer.points && target.place >= 0) {
          ink.arc(places[target.place].x * step + left, places[target.place].y * step + top, 8 * ratio, 0, 7);
        } else if (target.cell >= 0) traceCell(ink, target.cell, step, left, top);
        for (const [stroke, extra] of [[theme.land, 2], [colour, 0]]) {
          ink.strokeStyle = stroke;
          ink.lineWidth = (thickness + extra) * ratio;
          ink.stroke();
        }
      }
      ink.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawScaleBar(ink, width, height);
      if (state.view === "side") drawChip(ink, viewNames[which], 8, 8);
      const isSame = which === DIFFERENCE && isCategory(state.layer);
      if (shownFrame.index.length === 0) drawChip(ink, isSame ? "no cell differs" : "no values", width / 2 - 50, height / 2 - 12);
    }

    function drawChip(ink, text, x, y) {
      ink.font = `600 13px ${theme.font}`;
      ink.textAlign = "left";
      ink.textBaseline = "middle";
      ink.fillStyle = theme.panel;
      ink.fillRect(x, y, Math.min(ink.measureText(text).width + 16, size.width - 60), 24);
      ink.fillStyle = theme.ink;
      ink.fillText(text, x + 8, y + 12.5, size.width - 76);
    }

    function drawScaleBar(ink, width, height) {
      const perKm = camera.scale / KM_PER_DEGREE;
      const km = [2000, 1000, 500, 200, 100, 50, 20, 10, 5].find((length) => length * perKm < width * 0.22) ?? 2;
      const x = 12, y = height - 12, end = x + km * perKm;
      ink.font = `11px ${theme.font}`;
      ink.textAlign = "left";
      ink.textBaseline = "alphabetic";
      ink.lineJoin = "round";
      for (const [colour, thickness] of [[theme.land, 4], [theme.ink, 1.5]]) {
        ink.strokeStyle = colour;
        ink.lineWidth = thickness;
        ink.beginPath();
        ink.moveTo(x, y - 5); ink.lineTo(x, y); ink.lineTo(end, y); ink.lineTo(end, y - 5);
        ink.stroke();
        if (thickness > 2) ink.strokeText(`${km} km`, x + 4, y - 5);
      }
      ink.fillStyle = theme.ink;
      ink.fillText(`${km} km`, x + 4, y - 5);
    }

    function draw() {
      if (!size.width) return;
      drawBackdrop();
      shown().forEach((which, k) => drawPane(panes[k], which));
    }

    let isDue = false;
    function redraw() {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => { isDue = false; draw(); });
    }

    /* ----- legend: on a canvas, so that the saved image has the same one ----- */

    const legendText = () => {
      const scale = scaleNow(), parts = [unitText()];
      if (scale.kind === "difference" && state.view === "difference") parts.unshift(`${viewNames[1]} less ${viewNames[0]}`);
      if (scale.kind === "category" && state.view !== "difference") return "";
      if (scale.kind === "category" && state.view === "difference") parts.unshift(`holder in ${viewNames[1]} where it differs from ${viewNames[0]}`);
      if (scale.isLog) parts.push("logarithmic scale");
      return `${parts.filter(Boolean).join(", ")} (no colour: no value)`.trimStart();
    };

    // Draws the legend at (x, y) and says how high it is; without ink it only measures.
    function drawLegend(ink, x, y, width, isMeasure = false) {
      const scale = scaleNow(), heading = legendText();
      ink.textBaseline = "middle";
      ink.textAlign = "left";
      ink.font = `12px ${theme.font}`;
      const under = heading ? y + 20 : y;
      const swatch = (text, colour, at, row) => {
        if (isMeasure) return;
        ink.fillStyle = colour;
        ink.fillRect(at, row, 14, 14);
        ink.strokeStyle = theme.muted;
        ink.lineWidth = 0.5;
        ink.strokeRect(at, row, 14, 14);
        ink.fillStyle = theme.ink;
        ink.fillText(text, at + 20, row + 7.5);
      };
      if (heading && !isMeasure) { ink.fillStyle = theme.ink; ink.fillText(heading, x, y + 8, width); }
      if (scale.kind === "category") {
        let at = x, row = under + 2;
        for (const holder of scale.present) {
          const text = nice(data.holders[holder]), wide = ink.measureText(text).width + 38;
          if (at > x && at + wide > x + width) { at = x; row += 22; }
          swatch(text, theme.category[holder], at, row);
          at += wide;
        }
        return row + 20 - y;
      }
      const bar = Math.min(440, width - 16), from = x + 8, colours = theme[scale.kind];
      if (isMeasure) return under + 38 - y;
      for (let k = 0; k < colours.length; k++) {
        ink.fillStyle = colours[k];
        ink.fillRect(from + (k * bar) / colours.length, under, bar / colours.length + 0.6, 12);
      }
      // The ends first, then whatever fits between them.
      const ends = scale.kind === "difference" ? scale.ticks.slice(0, 1).concat(0, scale.ticks.slice(-1)) : [scale.low, scale.high];
      const used = [];
      ink.textAlign = "center";
      for (const tick of new Set([...ends, ...scale.ticks])) {
        const mark = tick === scale.low && scale.under ? "\u2264 " : tick === scale.high && scale.over ? "\u2265 " : "";
        const sign = scale.kind === "difference" && tick > 0 ? "+" : "";
        const text = mark + sign + tickText(tick), half = ink.measureText(text).width / 2;
        const at = from + scale.place(tick) * bar, middle = clamp(at, x + half, x + width - half);
        if (used.some(([a, b]) => middle - half - 8 < b && middle + half + 8 > a)) continue;
        used.push([middle - half, middle + half]);
        ink.fillStyle = theme.ink;
        ink.fillRect(at - 0.5, under + 12, 1, 4);
        ink.fillText(text, middle, under + 25);
      }
      return under + 38 - y;
    }

    function refreshLegend() {
      const ink = legend.getContext("2d"), width = stage.clientWidth;
      const height = drawLegend(ink, 0, 0, width, true);
      legend.width = Math.round(width * size.ratio);
      legend.height = Math.round(height * size.ratio);
      legend.style.height = `${height}px`;
      ink.scale(size.ratio, size.ratio);
      drawLegend(ink, 0, 0, width);
      const scale = scaleNow();
      legend.setAttribute("aria-label", scale.kind === "category"
        ? `Holders: ${scale.present.map((v) => nice(data.holders[v])).join(", ")}`
        : `Colour scale: ${legendText()}, from ${tickText(scale.low)} to ${tickText(scale.high)}`);
    }

    /* ----- moving about ----- */

    function settle() {
      const { bounds, squeeze } = geometry, { width, height, fitScale } = size;
      const across = (bounds.east - bounds.west) * squeeze, down = bounds.north - bounds.south;
      camera.scale = clamp(camera.scale, Math.min(fitScale, Math.max(width / across, height / down)), fitScale * 18);
      const hold = (at, low, high, half) => (high - low <= 2 * half ? (low + high) / 2 : clamp(at, low + half, high - half));
      camera.x = hold(camera.x, bounds.west * squeeze, bounds.east * squeeze, width / 2 / camera.scale);
      camera.y = hold(camera.y, -bounds.north, -bounds.south, height / 2 / camera.scale);
      // At the start a finger scrolls the page; once zoomed in it pans the map.
      for (const { canvas } of panes) canvas.style.touchAction = camera.scale > fitScale * 1.05 ? "none" : "pan-y";
      redraw();
    }

    function reset() {
      const { fit, squeeze } = geometry;
      Object.assign(camera, { isHome: true, scale: size.fitScale, x: ((fit.west + fit.east) / 2) * squeeze, y: -(fit.north + fit.south) / 2 });
      settle();
    }

    function zoom(factor, x = size.width / 2, y = size.height / 2) {
      const atX = camera.x + (x - size.width / 2) / camera.scale, atY = camera.y + (y - size.height / 2) / camera.scale;
      camera.scale *= factor;
      camera.isHome = false;
      backdrop.zoomedAt = performance.now();
      setTimeout(redraw, REST_MS + 10);
      settle();
      camera.x = atX - (x - size.width / 2) / camera.scale;
      camera.y = atY - (y - size.height / 2) / camera.scale;
      settle();
    }

    function pan(dx, dy) {
      camera.x -= dx / camera.scale;
      camera.y -= dy / camera.scale;
      camera.isHome = false;
      settle();
    }

    const relabel = () => { backdrop.isStale = true; redraw(); };

    function resize() {
      const isSide = state.view === "side", whole = stage.clientWidth;
      if (!whole) return;
      const isStacked = whole < 640;
      canvases.classList.toggle("is-side", isSide && !isStacked);
      const width = isSide && !isStacked ? Math.floor((whole - 8) / 2) : whole;
      const height = Math.round(width * (width < 560 ? 0.75 : 0.625));
      const { fit, squeeze } = geometry, before = size.fitScale;
      const ratio = Math.min(window.devicePixelRatio || 1, 3);
      Object.assign(size, { stage: whole, width, height, ratio,
        fitScale: 0.96 * Math.min(width / ((fit.east - fit.west) * squeeze), height / (fit.north - fit.south)) });
      panes.forEach((pane, k) => {
        pane.canvas.hidden = k >= shown().length;
        pane.canvas.width = Math.round(width * ratio);
        pane.canvas.height = Math.round(height * ratio);
        Object.assign(pane.canvas.style, { width: `${width}px`, height: `${height}px` });
      });
      backdrop.isStale = true;
      if (camera.isHome) reset();
      else { camera.scale *= size.fitScale / before; settle(); }
      refreshYears();
      refreshLegend();
      refreshPanel();
      draw(); // at once: a canvas that has been resized is blank
    }

    const toWorld = (x, y) => [camera.x + (x - size.width / 2) / camera.scale, camera.y + (y - size.height / 2) / camera.scale];
    const toPixel = (x, y) => ({ x: (x - camera.x) * camera.scale + size.width / 2, y: (y - camera.y) * camera.scale + size.height / 2 });
    const targetOfCell = (cell) => (cell < 0 ? null : { cell, place: placeInCell.get(cell) ?? -1 });
    function targetAt(x, y) {
      const [worldX, worldY] = toWorld(x, y);
      if (state.layer.points) {
        let best = null, least = 10;
        for (const i of isUsed.places) {
          const away = Math.hypot(places[i].x - worldX, places[i].y - worldY) * camera.scale;
          if (away < least) { least = away; best = { cell: geometry.cellAt(places[i].x, places[i].y), place: i }; }
        }
        return best;
      }
      return targetOfCell(geometry.cellAt(worldX, worldY));
    }

    /* ----- what the reader points at ----- */

    function placeText(target) {
      if (state.layer.points && target.place >= 0) return places[target.place].name;
      const near = geometry.nearest(target.cell);
      return near ? `near ${near.name}, ${Math.round(near.km)} km` : "";
    }
    function tipLines(target) {
      const i = position(target), unit = unitText();
      const withUnit = (value) => valueText(value) + (value === undefined || !unit ? "" : ` ${unit}`);
      const of = (which) => valueAt(which, state.layer, month(), i);
      const lines = [];
      if (state.view === "side" || state.view === "difference") {
        lines.push(["span", `${viewNames[0]}: ${withUnit(of(0))}`], ["span", `${viewNames[1]}: ${withUnit(of(1))}`]);
        if (isCategory(state.layer)) lines[state.view === "side" ? 0 : 1][0] = "b";
        else lines.push(["b", `difference: ${withUnit(of(DIFFERENCE))}`]);
      } else lines.push(["b", withUnit(of(shown()[0]))]);
      if (placeText(target)) lines.push(["span", placeText(target)]);
      if (target.cell >= 0) lines.push(["code", data.cells[target.cell]]);
      return lines;
    }

    function refreshTip() {
      const target = state.hover ?? state.cursor;
      tip.hidden = !target;
      if (!target) return;
      tip.replaceChildren(...tipLines(target).map(([tag, text]) => make(tag, {}, text)));
      const at = state.hover ? state.hover.at : cursorPoint();
      const pane = panes[state.hover?.pane ?? 0].canvas;
      const x = at.x + pane.offsetLeft, y = at.y + pane.offsetTop;
      const isLeft = x + tip.offsetWidth + 24 > stage.clientWidth;
      tip.style.left = `${clamp(isLeft ? x - tip.offsetWidth - 14 : x + 14, 2, Math.max(2, stage.clientWidth - tip.offsetWidth - 2))}px`;
      tip.style.top = `${Math.max(2, y + tip.offsetHeight + 20 > stage.clientHeight ? y - tip.offsetHeight - 14 : y + 14)}px`;
    }

    function point(target, at, pane) {
      const before = state.hover;
      state.hover = target && { ...target, at, pane };
      if (before?.cell !== target?.cell || before?.place !== target?.place) redraw();
      refreshTip();
    }

    const cursorPoint = () => state.layer.points && state.cursor.place >= 0
      ? toPixel(places[state.cursor.place].x, places[state.cursor.place].y)
      : toPixel(geometry.x[state.cursor.cell], geometry.y[state.cursor.cell]);

    // The keyboard's cursor goes to the nearest cell that lies in the direction of the arrow.
    function moveCursor(dx, dy) {
      let next = -1;
      if (!state.cursor) {
        let least = Infinity;
        for (let i = 0; i < geometry.count; i++) {
          const away = Math.hypot(geometry.x[i] - camera.x, geometry.y[i] - camera.y);
          if (away < least) { least = away; next = i; }
        }
      } else {
        let least = Infinity;
        for (let i = 0; i < geometry.count; i++) {
          const x = geometry.x[i] - geometry.x[state.cursor.cell], y = geometry.y[i] - geometry.y[state.cursor.cell];
          const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
          if (along > 1e-6 && across <= along * 1.2 && along + 2 * across < least) { least = along + 2 * across; next = i; }
        }
      }
      if (next < 0) return;
      state.cursor = targetOfCell(next);
      state.hover = null;
      const { x, y } = cursorPoint(), edge = 40;
      const missX = clamp(x, edge, size.width - edge) - x, missY = clamp(y, edge, size.height - edge) - y;
      if (missX || missY) { pan(missX, missY); relabel(); }
      redraw();
      refreshTip();
      say(tipLines(state.cursor).map((line) => line[1]).join(", "));
    }

    let sayTimer = 0;
    function say(text) {
      clearTimeout(sayTimer); // one sentence after the last change, not one a step of the slider
      sayTimer = setTimeout(() => { live.textContent = text; }, 250);
    }

    function pin(target) {
      state.pinned = target && { cell: target.cell, place: target.place };
      refreshPanel();
      redraw();
      if (target) say(`Pinned ${panelName.textContent}`);
    }

    /* ----- the series of the pinned cell ----- */

    function refreshPanel() {
      panel.hidden = !state.pinned;
      if (!state.pinned) return;
      const { cell } = state.pinned, where = placeText(state.pinned);
      panelName.replaceChildren(cell >= 0 ? `Cell ${data.cells[cell]}` : "", where && cell >= 0 ? `, ${where}` : where);
      panelChart.replaceChildren(seriesChart());
      readSeries(state.isWhole ? null : state.month);
    }

    const seriesOf = (view) => data.months.map((_, m) => valueAt(view, state.layer, m, position(state.pinned)));

    function readSeries(m) {
      const unit = state.layer.unit;
      const texts = m === null ? [] : data.views.map((view, k) =>
        (isPair ? `${view.name} ` : "") + valueText(seriesOf(k)[m]) + (seriesOf(k)[m] === undefined || !unit ? "" : ` ${unit}`));
      panelRead.replaceChildren(make("b", {}, state.layer.title), m === null ? ", every month" : `, ${monthText(data.months[m])}: ${texts.join("; ")}`);
      if (state.layer.points && state.pinned.place < 0) panelRead.replaceChildren("This layer has values at places, and none lies in this cell.");
      const guide = panelChart.querySelector(".map-guide");
      guide?.setAttribute("transform", `translate(${m === null ? -99 : guide.at(m)} 0)`);
    }

    function seriesChart() {
      const all = data.views.map((_, view) => seriesOf(view));
      const present = all.flat().filter((v) => v !== undefined);
      if (!present.length) return make("p", { class: "map-note" }, "No value in any month.");
      const width = Math.max(260, panelChart.clientWidth || stage.clientWidth), isStrip = isCategory(state.layer);
      const height = isStrip ? 40 + 24 * all.length : 170, base = height - 24, right = width - 12;
      const low = Math.min(0, ...present), high = Math.max(...present, low + 1e-12);
      const ticks = isStrip ? [] : niceTicks(low, high, 3);
      const left = isStrip ? (isPair ? 70 : 8) : 14 + 7 * Math.max(4, ...ticks.map((v) => tickText(v).length));
      const span = (right - left) / data.months.length, at = (m) => left + (m + 0.5) * span;
      const up = (v) => base - ((v - low) / (high - low)) * (base - 12);
      const chart = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${state.layer.title} by month in this cell, ${present.length} values` });
      for (const tick of ticks) {
        chart.append(shape("line", { x1: left, x2: right, y1: up(tick), y2: up(tick), class: "map-rule" }),
          shape("text", { x: left - 6, y: up(tick) + 4, "text-anchor": "end" }, tickText(tick)));
      }
      const every = Math.ceil(40 / (12 * span));
      data.months.forEach((text, m) => {
        if (!text.endsWith("-01") || Number(text.slice(0, 4)) % every) return;
        chart.append(shape("line", { x1: at(m) - span / 2, x2: at(m) - span / 2, y1: base, y2: base + 5, class: "map-rule" }),
          shape("text", { x: at(m) - span / 2 + 2, y: base + 17 }, text.slice(0, 4)));
      });
      all.forEach((series, view) => {
        if (isStrip) {
          if (isPair) chart.append(shape("text", { x: 0, y: 24 + 24 * view, textLength: nice(viewNames[view]).length > 9 ? 64 : false, lengthAdjust: "spacingAndGlyphs" }, viewNames[view]));
          series.forEach((v, m) => v !== undefined && chart.append(shape("rect", { x: at(m) - span / 2, y: 10 + 24 * view, width: span + 0.4, height: 18, fill: theme.category[v] ?? theme.muted })));
          return;
        }
        let path = "", isOpen = false;
        series.forEach((v, m) => {
          const isAlone = v !== undefined && series[m - 1] === undefined && series[m + 1] === undefined;
          if (v !== undefined) path += `${isOpen ? "L" : "M"}${at(m).toFixed(1)} ${up(v).toFixed(1)}${isAlone ? "h.01" : ""}`;
          isOpen = v !== undefined; // a month without a value is a gap, and a month alone is a dot
        });
        chart.append(shape("path", { d: path, class: `map-line map-line-${view}` }));
      });
      const guide = shape("g", { class: "map-guide" }, shape("line", { y1: 6, y2: base, class: "map-now" }));
      guide.at = at;
      chart.append(guide);
      const monthAt = (event) => clamp(Math.floor((event.clientX - chart.getBoundingClientRect().left - left) / span), 0, lastMonth);
      chart.addEventListener("pointermove", (event) => readSeries(monthAt(event)));
      chart.addEventListener("pointerleave", () => readSeries(state.isWhole ? null : state.month));
      chart.addEventListener("click", (event) => setMonth(monthAt(event)));
      const key = isPair && !isStrip ? make("p", { class: "map-key" }, ...data.views.map((view, k) => make("span", { class: `map-key-${k}` }, view.name))) : "";
      return make("div", {}, key, chart);
    }

    /* ----- what the reader sets ----- */

    function refresh(isLegendNew) {
      slider.value = state.month;
      slider.setAttribute("aria-valuetext", timeText());
      wholeBox.checked = state.isWhole;
      monthLabel.textContent = state.isWhole ? "whole run" : timeText();
      title.replaceChildren(make("b", {}, titleText()), state.view === "side" ? "" : ` \u00b7 ${viewNames[state.view]}`);
      for (const { canvas } of panes) canvas.setAttribute("aria-label", `Map: ${titleText()}. ${canvasHelp}`);
      note.textContent = state.layer.note ?? "";
      if (isLegendNew) refreshLegend();
      if (isLegendNew) refreshPanel();
      else if (state.pinned) readSeries(state.isWhole ? null : state.month);
      refreshTip();
      redraw();
      if (!state.isPlaying) say(`${titleText()}${isPair ? `, ${viewNames[state.view]}` : ""}`);
    }

    function setMonth(m) {
      const isWhole = m === WHOLE, isNew = isWhole !== state.isWhole;
      state.isWhole = isWhole;
      if (!isWhole) state.month = clamp(Math.round(m), 0, lastMonth);
      refresh(isNew);
    }

    function setLayer(key) {
      const layer = layers.find((l) => l.key === key);
      if (!layer) return;
      if (layer.points || state.layer.points) backdrop.isStale = true; // other names come first
      state.layer = layer;
      state.hover = null;
      check(layerPicker, key);
      refresh(true);
    }

    function setView(name) {
      const view = Object.keys(viewNames).find((k) => k === String(name) || viewNames[k] === name || (k === "side" && name === "side by side"));
      if (!isPair || view === undefined) return;
      state.view = view;
      check(viewPicker, view);
      resize();
      refresh(true);
    }

    function check(picker, value) {
      for (const input of picker.querySelectorAll("input")) input.checked = input.value === value;
    }

    let playTimer = 0;
    function play(isOn) {
      clearTimeout(playTimer);
      if (isOn === state.isPlaying && !isOn) return;
      state.isPlaying = isOn;
      playButton.textContent = isOn ? "\u275a\u275a" : "\u25b6";
      playButton.setAttribute("aria-label", isOn ? "Pause" : "Play");
      playButton.title = isOn ? "Pause" : "Play";
      if (!isOn) { refresh(false); return; }
      setMonth(state.isWhole || state.month === lastMonth ? 0 : state.month);
      const step = () => {
        if (state.month >= lastMonth) { play(false); return; }
        setMonth(state.month + 1);
        playTimer = setTimeout(step, 250);
      };
      playTimer = setTimeout(step, 250);
    }

    function refreshYears() {
      const januaries = data.months.map((text, m) => [text, m]).filter(([text]) => text.endsWith("-01"));
      const every = Math.max(1, Math.ceil((40 * januaries.length) / Math.max(1, slider.clientWidth)));
      years.replaceChildren(...januaries.filter((_, k) => k % every === 0).map(([text, m]) =>
        // the thumb, 16 pixels wide, stays within the slider
        Object.assign(make("span", {}, text.slice(0, 4)), { style: `left:calc(8px + (100% - 16px) * ${m / Math.max(1, lastMonth)})` })));
    }

    /* ----- saving ----- */

    const fileName = (ending) => ["sirocco-map", state.layer.key, state.isWhole ? "whole-run" : data.months[state.month],
      viewNames[state.view]].join("-").replace(/[^A-Za-z0-9.-]+/g, "-").slice(0, 120) + ending;

    function savePng() {
      const { ratio } = size, pad = 16, wide = stage.clientWidth, high = canvases.offsetHeight;
      const probe = make("canvas").getContext("2d");
      const canvas = make("canvas", { width: (wide + 2 * pad) * ratio, height: (high + drawLegend(probe, 0, 0, wide, true) + 3 * pad + 28) * ratio });
      const ink = canvas.getContext("2d");
      ink.scale(ratio, ratio);
      ink.fillStyle = theme.panel;
      ink.fillRect(0, 0, canvas.width, canvas.height);
      ink.fillStyle = theme.ink;
      ink.textBaseline = "middle";
      ink.font = `600 16px ${theme.font}`;
      ink.fillText(title.textContent, pad, pad + 10, wide);
      draw();
      panes.slice(0, shown().length).forEach((pane) =>
        ink.drawImage(pane.canvas, pad + pane.canvas.offsetLeft, pad + 28 + pane.canvas.offsetTop, size.width, size.height));
      drawLegend(ink, pad, 2 * pad + 28 + high, wide);
      canvas.toBlob((blob) => download(fileName(".png"), "image/png", [blob]));
    }

    function ringOf(i) {
      const outline = data.outlines[i], ring = [];
      let area = 0;
      for (let k = 0; k < outline.length; k += 2) {
        const next = (k + 2) % outline.length;
        area += outline[k] * outline[next + 1] - outline[next] * outline[k + 1];
        ring.push([outline[k] / 1000, outline[k + 1] / 1000]);
      }
      if (area < 0) ring.reverse(); // GeoJSON wants outer rings counterclockwise
      return [...ring, ring[0]];
    }

    function saveGeoJson() {
      const { layer } = state;
      const features = shown().flatMap((which) => {
        const { index, value } = frame(which, layer, month());
        return Array.from(index, (i, k) => ({ type: "Feature",
          geometry: layer.points ? { type: "Point", coordinates: [places[i].lon, places[i].lat] } : { type: "Polygon", coordinates: [ringOf(i)] },
          properties: { ...(layer.points ? { place: places[i].name } : { h3: data.cells[i] }), layer: layer.key, unit: unitText(),
            time: state.isWhole ? `${data.months[0]}/${data.months[lastMonth]}` : data.months[state.month],
            view: which === DIFFERENCE ? viewNames.difference : viewNames[which],
            value: isCategory(layer) ? data.holders[value[k]] ?? value[k] : value[k] } }));
      });
      download(fileName(".geojson"), "application/geo+json", [JSON.stringify({ type: "FeatureCollection", features })]);
    }

    function saveCsv() {
      const { cell, place } = state.pinned;
      // A leading sign of a formula is disarmed: names come from files, and spreadsheets run formulas.
      const quoted = (text) => `"${String(text).replace(/^(?=[=+\-@\t\r])/, "'").replaceAll('"', '""')}"`;
      const columns = layers.flatMap((layer) => data.views.map((view, k) => ({ layer, view: k,
        head: layer.key + (layer.unit ? ` (${layer.unit})` : "") + (isPair ? `, ${view.name}` : "") })));
      const field = (column, m) => {
        const value = valueAt(column.view, column.layer, m, column.layer.points ? place : cell);
        return value === undefined ? "" : isCategory(column.layer) ? quoted(data.holders[value] ?? value) : String(value);
      };
      const id = cell >= 0 ? data.cells[cell] : places[place].name;
      const lines = [["cell", "month", ...columns.map((column) => column.head)].map(quoted).join(",")];
      data.months.forEach((text, m) => lines.push([quoted(id), text, ...columns.map((column) => field(column, m))].join(",")));
      download(`sirocco-cell-${id.replace(/[^A-Za-z0-9.-]+/g, "-")}.csv`, "text/csv", [lines.join("\r\n"), "\r\n"]);
    }

    /* ----- mouse, touch, keys ----- */

    let lastScroll = -Infinity;
    window.addEventListener("scroll", () => { lastScroll = performance.now(); }, { passive: true, signal: alive });
    panes.forEach(({ canvas }, pane) => {
      const fingers = new Map();
      let travelled = 0;
      const at = (event) => {
        const box = canvas.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
      };
      canvas.addEventListener("pointerdown", (event) => {
        if (event.button > 0) return;
        if (!fingers.size) travelled = 0;
        fingers.set(event.pointerId, at(event));
        canvas.setPointerCapture(event.pointerId);
      });
      canvas.addEventListener("pointermove", (event) => {
        const now = at(event), before = fingers.get(event.pointerId);
        if (!before) { state.cursor = null; point(targetAt(now.x, now.y), now, pane); return; }
        const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
        travelled += Math.hypot(now.x - before.x, now.y - before.y);
        if (travelled < 4) return;
        if (other) {
          const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
          zoom(spread, (now.x + other.x) / 2, (now.y + other.y) / 2);
          pan((now.x - before.x) / 2, (now.y - before.y) / 2);
        } else pan(now.x - before.x, now.y - before.y);
        fingers.set(event.pointerId, now);
        point(null);
        canvas.classList.add("is-dragged");
      });
      const lift = (event) => {
        const isClick = event.type === "pointerup" && fingers.has(event.pointerId) && travelled < 4;
        fingers.delete(event.pointerId);
        if (canvas.classList.contains("is-dragged")) relabel();
        canvas.classList.remove("is-dragged");
        if (!isClick) return;
        const now = at(event), target = targetAt(now.x, now.y);
        point(target, now, pane);
        if (target) pin(target);
      };
      canvas.addEventListener("pointerup", lift);
      canvas.addEventListener("pointercancel", lift);
      canvas.addEventListener("pointerleave", () => { if (!fingers.size) point(null); });
      canvas.addEventListener("blur", () => { state.cursor = null; refreshTip(); redraw(); });
      canvas.addEventListener("wheel", (event) => {
        // A reader who scrolls down the page and meets the map goes on scrolling.
        if (performance.now() - lastScroll < 250) return;
        const before = camera.scale, { x, y } = at(event);
        zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.03 : 0.0015)), x, y);
        if (camera.scale !== before) event.preventDefault();
        point(targetAt(x, y), { x, y }, pane);
      }, { passive: false });
      canvas.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (arrow && event.shiftKey) moveCursor(...arrow);
        else if (arrow) { pan(-arrow[0] * 60, -arrow[1] * 60); relabel(); refreshTip(); }
        else if (event.key === "+" || event.key === "=") { zoom(1.6); refreshTip(); }
        else if (event.key === "-") { zoom(1 / 1.6); refreshTip(); }
        else if (event.key === "0") { reset(); refreshTip(); }
        else if (event.key === "Enter" && (state.cursor ?? state.hover)) pin(state.cursor ?? state.hover);
        else if (event.key === " ") play(!state.isPlaying);
        else return;
        event.preventDefault();
      });
    });
    slider.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      play(!state.isPlaying);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (state.pinned || state.cursor)) { state.cursor = null; point(null); pin(null); }
    }, { signal: alive });

    const restyle = () => { readTheme(); refreshLegend(); refreshPanel(); redraw(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle, { signal: alive });
    const watcher = new MutationObserver(restyle); // a page that switches its theme does so on one of these
    for (const node of [document.documentElement, document.body]) watcher.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });

    readTheme();
    resize();
    refresh(true);
    const sized = new ResizeObserver(() => { if (stage.clientWidth !== size.stage) resize(); });
    sized.observe(stage);
    alive.addEventListener("abort", () => { clearTimeout(playTimer); watcher.disconnect(); sized.disconnect(); });

    /* ----- for tests ----- */

    const cellNumbers = new Map(data.cells.map((id, i) => [id, i]));

    // Times whole redraws, with the wait for the pixels: without it a canvas only notes its orders down.
    function redrawMs(n = 60) {
      const before = { ...state }, eye = { ...camera };
      const timed = (move) => {
        const times = Array.from({ length: n }, (_, i) => {
          move(i);
          const start = performance.now();
          draw();
          shown().forEach((_, k) => panes[k].ink.getImageData(0, 0, 1, 1));
          return performance.now() - start;
        }).sort((a, b) => a - b);
        return { median: times[n >> 1], worst: times[n - 1] };
      };
      const month = timed((i) => { state.month = i % data.months.length; });
      const pan = timed((i) => { camera.x += (i % 40 < 20 ? 12 : -12) / camera.scale; camera.y += (i % 24 < 12 ? 8 : -8) / camera.scale; });
      const zoom = timed((i) => { camera.scale *= i % 20 < 10 ? 1.08 : 1 / 1.08; });
      Object.assign(state, before);
      Object.assign(camera, eye);
      draw();
      return { month, pan, zoom };
    }

    return {
      setMonth: (m) => { play(false); setMonth(m); }, setLayer, setView, redrawMs,
      chosen: () => ({ layer: state.layer.key, view: state.view, month: month() }),
      cellAt: (x, y) => data.cells[geometry.cellAt(...toWorld(x, y))] ?? null,
      pixelOf: (h3) => cellNumbers.has(h3) ? toPixel(geometry.x[cellNumbers.get(h3)], geometry.y[cellNumbers.get(h3)]) : null,
      placeValue: (name) => {
        const { index, value } = frame(shown()[0], state.layer, month());
        return value[index.indexOf(data.places.findIndex((place) => place.name === name))];
      },
      valueOf: (h3) => {
        const found = shown().map((which) => valueAt(which, state.layer, month(), cellNumbers.get(h3)));
        return found.length > 1 ? found : found[0];
      },
    };
  }

  /* ---------- start ---------- */

  async function start(api) {
    const section = document.getElementById("map-section"), source = document.getElementById("map");
    if (!section || !source?.textContent.trim()) return false;
    const give = (sentence) => { section.append(make("p", {}, sentence)); section.hidden = false; return false; };
    if (typeof DecompressionStream === "undefined") {
      return give("The map needs a browser from 2023 or later (one with DecompressionStream); the rest of this page works without it.");
    }
    let data;
    try { data = await decode(source.textContent); } catch { return give("The map's data in this page cannot be read: the file may be damaged."); }
    if (!data.months?.length || !data.views?.length || !data.layers?.length) return give("This run has no values to put on a map.");
    // The first view is the baseline, and of several policies the reader chooses which one stands beside it.
    const policies = data.views.slice(1);
    let alive = null;
    function show(k) {
      const before = api.chosen?.();
      alive?.abort();
      alive = new AbortController();
      section.replaceChildren();
      const views = policies.length > 1 ? [data.views[0], policies[k]] : data.views;
      Object.assign(api, build(section, { ...data, views }, alive.signal));
      if (policies.length > 1) {
        const options = policies.map((policy, i) => make("option", { value: i, selected: i === k }, policy.name));
        const list = make("select", { change: () => { show(Number(list.value)); section.querySelector("select").focus(); } }, ...options);
        section.prepend(make("label", { class: "map-policy" }, "Policy ", list));
      }
      if (!before) return;
      api.setLayer(before.layer);
      api.setView(before.view);
      api.setMonth(before.month);
    }
    api.setPolicy = show;
    show(0);
    return true;
  }

  const api = {};
  window.siroccoMap = api;
  api.ready = start(api);
})();
