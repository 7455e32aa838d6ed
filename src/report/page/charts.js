// Interactive charts over time for the report: fills every <figure class="chart" data-chart="ID"> from the JSON in #charts.
// Text from the data only ever becomes text nodes and attributes, so a hostile name is shown, never run.
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];
  const HEAD = 26, GAP = 14, FOOT = 38;            // pixels: above a panel (axis title), between panels, below (dates)
  const BELOW = 0.5;                               // height of the linear piece of a logarithmic axis, in decades
  const BODY = 12.5, SMALL = 12;                   // sizes of type in pixels
  const NARROW = 700;                              // figures below this width have the legend under the plot
  const PICTURE = 900;                             // width of a PNG before doubling
  // The page's colours follow its variables (light, dark, print); a picture has them written out, on white.
  const LIVE = { ink: 'var(--ink, #222)', muted: 'var(--muted, #5a5a5a)', grid: 'var(--grid, #e4e4e4)',
    panel: 'var(--panel, #fff)', accent: 'var(--accent, #0072b2)' };
  const PAPER = { ink: '#222222', muted: '#5a5a5a', grid: '#e4e4e4', panel: '#ffffff', accent: '#0072b2' };

  // ---- Elements ----

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }
  const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const label = (text, x, y, colour, more = {}) => svg('text', { x, y, fill: colour, 'font-size': SMALL, ...more }, text);

  let pen = null;
  /** Width of a text in the page's own type: margins and line breaks have to be known before anything is drawn. */
  function measure(text, size, weight = 400) {
    pen = pen || document.createElement('canvas').getContext('2d');
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText(text).width;
  }

  /** The text in lines no wider than `width`; SVG breaks no lines itself. A word too long for a line is cut. */
  function wrap(text, size, width, weight) {
    const lines = [];
    for (let word of text.split(/\s+/)) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : '';
      if (longer && measure(longer, size, weight) <= width) { lines[lines.length - 1] = longer; continue; }
      while (word.length > 1 && measure(word, size, weight) > width) word = `${word.slice(0, -2)}\u2026`;
      lines.push(word);
    }
    return lines;
  }

  /** One line of text, ended by an ellipsis where it would run out of `width`. */
  function fit(text, size, width) {
    let cut = text;
    while (cut.length > 1 && measure(cut, size) > width) cut = `${cut.slice(0, -2)}\u2026`;
    return cut;
  }

  // ---- Numbers and dates ----

  const isNumber = (v) => typeof v === 'number' && Math.abs(v) < 1e300;
  const isDay = (v) => isNumber(v) && Math.abs(v) < 1e7;

  /** `12,345.6` with a true minus sign; powers of ten only where digits could no longer be read. */
  function number(v, decimals) {
    const size = Math.abs(v);
    if (size === 0 && decimals > 6) return '0';
    if (size >= 1e15 || (size > 0 && size < 1e-6)) {
      const [digits, power] = size.toExponential(4).split('e');
      const raised = String(Number(power)).replace(/./g, (c) => '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[c] || '\u207b');
      return `${v < 0 ? '\u2212' : ''}${Number(digits)}\u00d710${raised}`;
    }
    const [whole, rest] = size.toFixed(decimals).split('.');
    const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
    return v < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
  }

  /** Digits after the point that `v` needs, when `most` significant ones are asked for. */
  function decimals(v, most) {
    const size = Math.abs(Number(v.toPrecision(most)));
    if (size === 0 || size >= 1e15) return 0;
    const text = size.toFixed(Math.min(20, Math.max(0, most - 1 - Math.floor(Math.log10(size)))));
    return text.includes('.') ? text.replace(/0+$/, '').split('.')[1].length : 0;
  }

  /** A value for reading off: whole numbers in full, others to six significant digits (none before the point is lost). */
  const exact = (v) => number(v, Number.isInteger(v) ? 0 : decimals(v, 6));

  /** What a point says: `12`, a band `3 to 12`. */
  const reading = (point) => (point.low === null ? exact(point.y) : `${exact(point.low)} to ${exact(point.y)}`);

  /** Year, month from 0, and day of a day counted from 1970. UTC, so that no clock change moves a date. */
  function parts(day) {
    const date = new Date(Math.floor(day) * 864e5);
    return { y: date.getUTCFullYear(), m: date.getUTCMonth(), d: date.getUTCDate() };
  }
  const iso = (day) => new Date(Math.floor(day) * 864e5).toISOString().slice(0, 10);

  /** `March 2014` where the days are a month, otherwise the range of days; `to` is the day after the last. */
  function spanText(from, to) {
    const a = parts(from), b = parts(Math.max(Math.floor(from), Math.ceil(to) - 1));
    const months = a.d === 1 && parts(Math.ceil(to)).d === 1;
    const name = (date, year) => `${months ? '' : `${date.d} `}${MONTHS[date.m]}${year ? ` ${date.y}` : ''}`;
    if (months && a.m === 0 && b.m === 11) return a.y === b.y ? `${a.y}` : `${a.y}\u2013${b.y}`;
    if (a.y !== b.y) return `${name(a, true)} \u2013 ${name(b, true)}`;
    if (a.m !== b.m) return `${name(a)} \u2013 ${name(b, true)}`;
    return months || a.d === b.d ? name(a, true) : `${a.d}\u2013${name(b, true)}`;
  }

  // ---- Reading a chart ----

  /** The chart with every gap in the data made good, or null where there is nothing to draw. */
  function tidy(raw) {
    const first = Date.parse(`${raw.first}T00:00:00Z`) / 864e5;
    if (!Number.isFinite(first)) return null;
    const text = (v) => (v === null || v === undefined ? '' : String(v));
    const panels = [];
    for (const given of raw.panels || []) {
      const panel = { axis: text(given.axis), weight: given.weight > 0 ? given.weight : 1, whole: Boolean(given.whole),
        floor: given.log ? (given.floor > 0 ? given.floor : 1) : null };
      panel.sets = (given.sets || []).map((s) => tidySet(s, text(s.label), panel)).filter((s) => s.points.length);
      if (panel.sets.length) panels.push(panel);
    }
    if (!panels.length) return null;
    const sets = panels.flatMap((p) => p.sets);
    const slots = new Map(sets.flatMap((s) => s.points).map((p) => [p.key, { key: p.key, from: p.from, to: p.to, mid: p.mid }]));
    const end = Date.parse(`${raw.last}T00:00:00Z`) / 864e5 - first + 1;
    const chart = { id: text(raw.id), title: text(raw.title), subtitle: text(raw.subtitle), caption: text(raw.caption),
      first, panels, sets, slots: [...slots.values()].sort((a, b) => a.from - b.from || a.to - b.to) };
    chart.end = Math.max(end || 0, ...chart.slots.map((s) => s.to));
    nameSets(chart);
    return chart;
  }

  function tidySet(given, name, panel) {
    const band = given.mark === 'band';
    const point = ([from, to], i) => {
      const y = (given.y || [])[i], low = band ? (given.low || [])[i] : 0;
      const ok = isNumber(y) && isNumber(low);
      return { key: `${from} ${to}`, from, to, mid: (from + to) / 2, y: ok ? y : null, low: ok && band ? low : null };
    };
    const spans = (given.spans || []).filter((s) => Array.isArray(s));
    const points = spans.map(point).filter((p) => isDay(p.from) && isDay(p.to) && p.to > p.from).sort((a, b) => a.mid - b.mid);
    const colour = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(given.colour) ? given.colour : '#777777';
    return { panel, points, colour, label: name, mark: given.mark, at: new Map(points.map((p) => [p.key, p])) };
  }

  /** Gives each set the name it has in tooltips, table and CSV, unlike any other; and what the marks need to differ. */
  function nameSets(chart) {
    const taken = new Set();
    for (const panel of chart.panels) {
      const count = {};
      for (const set of panel.sets) {
        // A set without a label (the shade around a line) belongs to the labelled ones of its colour: it goes with them.
        set.owners = set.label ? [] : panel.sets.filter((s) => s.label && s.colour === set.colour);
        const kind = set.mark === 'band' ? `band ${set.colour}` : set.mark;
        set.nth = count[kind] = (count[kind] ?? -1) + 1;
        const plain = set.label || (set.owners.length ? `${set.owners[0].label}, ${set.mark}` : `unnamed ${set.mark}`);
        const doubled = set.label && chart.sets.filter((s) => s.label === set.label).length > 1;
        const name = doubled ? `${plain} (${panel.axis})` : plain;
        set.name = name;
        for (let i = 2; taken.has(set.name); i++) set.name = `${name} ${i}`;
        taken.add(set.name);
      }
      panel.lines = count.line === undefined ? 0 : count.line + 1;
      panel.solid = panel.sets.some((s) => s.mark === 'bar' || s.mark === 'area');
    }
  }

  /** The point of a set that stands for a slot of time: its own, or the one around the slot where spans differ. */
  const pointAt = (set, slot) => set.at.get(slot.key) || set.points.find((p) => p.from <= slot.mid && slot.mid < p.to);

  // ---- Axes ----

  /** Least of 1, 2, 5 times a power of ten that is not below `raw`. */
  function evenStep(raw) {
    const ten = 10 ** Math.floor(Math.log10(raw * 1.0000001));
    return [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= raw * 0.999) || raw;
  }

  /** The axis of values from the lowest to the highest in view: `at` gives heights from 0 to 1. */
  function valueAxis(panel, low, high, height) {
    const most = Math.min(7, Math.max(2, height / 38));
    if (panel.floor && low >= 0) return logAxis(panel.floor, high, most, height);
    const room = high - low || 1;
    const step = Math.max(evenStep(room / most), panel.whole ? 1 : 0);
    const bottom = Math.floor(low / step + 1e-9) * step;
    const count = Math.max(1, Math.ceil((high > low ? high : low + 1) / step - bottom / step - 1e-9));
    const digits = decimals(step, 3);
    const ticks = Array.from({ length: count + 1 }, (_, i) => bottom + i * step).map((v) => [v, number(v, digits)]);
    return { ticks, at: (v) => (v - bottom) / (count * step) };
  }

  function logAxis(floor, high, most, height) {
    const top = Math.max(high * 1.25, floor * 10), decades = Math.log10(top / floor), all = BELOW + decades;
    const at = (v) => (v < floor ? (BELOW * v) / floor : BELOW + Math.log10(v / floor)) / all;
    // Few decades leave room for 2 and 5; many leave none even for each decade.
    const within = decades * 3 <= most ? [1, 2, 5] : [1];
    const each = Math.max(1, Math.ceil(decades / most));
    const ticks = [[0, '0']];
    for (let k = 0; k <= decades; k += each) {
      for (const m of within) if (m * 10 ** k * floor <= top) ticks.push([m * 10 ** k * floor]);
    }
    const tidyTicks = ticks.filter(([v]) => v === 0 || at(v) * height > 13);
    return { ticks: tidyTicks.map(([v]) => [v, exact(Number(v.toPrecision(3)))]), log: true, at };
  }

  /** Ticks of the axis of time: days, months or years, as many as fit. `under` is a second line: the year, where it begins. */
  function timeTicks(first, [from, to], width) {
    const a = parts(first + from), ticks = [];
    const add = (day, text, year) => {
      if (day < first + from || day > first + to - 0.5) return;
      const under = year !== undefined && ticks.every((t) => t.year !== year) ? `${year}` : '';
      ticks.push({ day: day - first, text, under, year });
    };
    const fits = (steps, per, room) => steps.find((s) => ((to - from) / per / s) * room <= width);
    const days = to - from < 70 && fits([1, 2, 7, 14], 1, 48);
    if (days) {
      for (let day = Math.ceil(first + from); day < first + to; day += days) {
        const date = parts(day);
        add(day, `${date.d} ${MONTHS[date.m].slice(0, 3)}`, date.y);
      }
      return ticks;
    }
    const step = fits([1, 2, 3, 6], 30.44, 40) || 12 * (fits([1, 2, 5, 10, 20, 50, 100], 365.25, 46) || 500);
    for (let m = Math.floor((a.y * 12 + a.m) / step) * step; ; m += step) {
      const day = Date.UTC(Math.floor(m / 12), m % 12, 1) / 864e5;
      if (!(day < first + to)) return ticks;
      if (step >= 12) add(day, `${Math.floor(m / 12)}`);
      else add(day, MONTHS[m % 12].slice(0, 3), Math.floor(m / 12));
    }
  }

  // ---- Drawing ----

  /** For each set shown, its points with the lower and upper end of what is drawn. Areas stack on those shown before. */
  function layersOf(panel, shown) {
    const sums = new Map();
    return panel.sets.filter(shown).map((set) => ({ set, drawn: set.points.map((p) => {
      if (p.y === null) return { p, gap: true };
      if (set.mark !== 'area') return { p, low: p.low ?? (set.mark === 'bar' ? 0 : p.y), high: p.y };
      const base = sums.get(p.key) || 0;
      sums.set(p.key, base + p.y);
      return { p, low: base, high: base + p.y };
    }) }));
  }

  /** Heights where lines and areas run on beyond the view: the axis has to hold these too, or a line leaves through the top. */
  function atEdges({ set, drawn }, view) {
    if (set.mark === 'bar') return [];
    return view.flatMap((day) => {
      const next = drawn.findIndex((d) => d.p.mid > day), a = drawn[next - 1], b = drawn[next];
      if (next < 1 || a.gap || b.gap) return [];
      const part = (day - a.p.mid) / (b.p.mid - a.p.mid);
      return [{ low: a.low + part * (b.low - a.low), high: a.high + part * (b.high - a.high) }];
    });
  }

  /** Where everything goes: frames of the panels, their axes, and the scales. Nothing is drawn yet. */
  function plan(chart, state, left, right, top) {
    const n = chart.panels.length, room = (n === 1 ? 290 : 240 + 130 * (n - 1)) * (right - left < 450 ? 0.85 : 1);
    const weights = chart.panels.reduce((sum, p) => sum + p.weight, 0);
    const [from, to] = state.view;
    let y = top;
    const frames = chart.panels.map((panel) => {
      const height = Math.max(70, (room * panel.weight) / weights), layers = layersOf(panel, state.shown);
      const inView = (d) => !d.gap && d.p.to > from && d.p.from < to;
      const seen = layers.flatMap((l) => [...l.drawn.filter(inView), ...atEdges(l, state.view)]);
      const low = seen.reduce((v, d) => Math.min(v, d.low, d.high), 0), high = seen.reduce((v, d) => Math.max(v, d.high, d.low), low);
      const axis = valueAxis(panel, low, high, height), begin = y + HEAD;
      y = begin + height + GAP;
      return { panel, layers, axis, empty: !seen.length, top: begin, bottom: begin + height,
        y: (v) => begin + height * (1 - axis.at(v)) };
    });
    const widest = Math.max(...frames.flatMap((f) => f.axis.ticks).map((t) => measure(t[1], SMALL)));
    // Half of the first date's label may stand out to the left, and half of the last to the right.
    const begin = left + Math.max(24, widest + 9), end = right - 18;
    return { chart, frames, left, begin, end, bottom: y - GAP, x: (day) => begin + ((day - from) / (to - from)) * (end - begin),
      day: (x) => from + ((x - begin) / (end - begin)) * (to - from), time: timeTicks(chart.first, state.view, end - begin) };
  }

  /** Near-black would vanish on a dark page: it takes the colour of the text. */
  const paint = (set, theme) => (/^#(0|1)[0-9a-f]?((0|1)[0-9a-f]?){2}$/i.test(set.colour) ? theme.ink : set.colour);

  /** A shape for the nth line, so that lines can be told apart in grey print. */
  function shape(nth, x, y, r) {
    switch (nth % 5) {
      case 1: return `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`;
      case 2: return `M${x} ${y - r * 1.4}l${r * 1.3} ${r * 2.3}h${-r * 2.6}z`;
      case 3: return `M${x} ${y - r * 1.4}l${r * 1.4} ${r * 1.4}l${-r * 1.4} ${r * 1.4}l${-r * 1.4} ${-r * 1.4}z`;
      case 4: return `M${x} ${y + r * 1.4}l${r * 1.3} ${-r * 2.3}h${-r * 2.6}z`;
      default: return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    }
  }

  const path = (d, attributes) => svg('path', { d, fill: 'none', ...attributes });
  const stroke = (set, theme) => ({ stroke: paint(set, theme), 'stroke-width': 2, 'stroke-linejoin': 'round',
    ...(set.mark === 'dashed' ? { 'stroke-dasharray': '6 3.5' } : { 'stroke-linecap': 'round' }) });
  /** Light edges for a line over bars and areas, which would swallow it; around each dash, not between them. */
  const rim = (set) => ({ 'stroke-width': 4.4, ...(set.mark === 'dashed' ? { 'stroke-dasharray': '7.6 1.9', 'stroke-dashoffset': 0.8 } : {}) });
  /** Thin lines of the grid fall on whole pixels, or they blur. */
  const sharp = (v) => Math.round(v) + 0.5;
  const trace = (points) => points.map((p, i) => `${i ? 'L' : 'M'}${p[0].toFixed(1)} ${p[1].toFixed(1)}`).join('');

  /** Stripes over every second stacked area, beside the thin line between them. */
  const hatched = (set) => set.mark === 'area' && set.nth % 2 === 1;
  const hatch = (theme, key) => svg('pattern', { id: `${key}-hatch`, width: 6, height: 6, patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)' }, svg('path', { d: 'M0 0V6', stroke: theme.panel, 'stroke-width': 1.6, 'stroke-opacity': 0.5 }));

  /** The marks of one set, as a group that can be found and dimmed. */
  function marks({ set, drawn }, frame, plot, theme, key) {
    const { x } = plot, { y } = frame, colour = paint(set, theme), group = svg('g', { class: 'set', 'data-set': set.name });
    if (set.mark === 'bar') {
      const bars = frame.layers.filter((l) => l.set.mark === 'bar'), place = bars.findIndex((l) => l.set === set);
      const d = drawn.filter((b) => !b.gap && b.high !== 0).map(({ p, high }) => {
        const wide = x(p.to) - x(p.from), gap = wide * 0.1, each = (wide - 2 * gap) / bars.length;
        const at = x(p.from) + gap + each * place;
        return `M${at.toFixed(2)} ${y(0).toFixed(1)}V${y(high).toFixed(1)}h${Math.max(0.5, each).toFixed(2)}V${y(0).toFixed(1)}z`;
      });
      if (d.length) group.append(path(d.join(''), { fill: colour }));
      return group;
    }
    const runs = [[]];
    for (const d of drawn) d.gap ? runs.push([]) : runs[runs.length - 1].push(d);
    const dots = [];
    for (const run of runs.filter((r) => r.length)) {
      if (set.mark === 'area' || set.mark === 'band') {
        // One value alone has no line through its middle: it fills its span.
        const ends = run.length > 1 ? run.map((d) => [x(d.p.mid), d]) : [[x(run[0].p.from), run[0]], [x(run[0].p.to), run[0]]];
        const upper = ends.map(([at, d]) => [at, y(d.high)]), lower = ends.map(([at, d]) => [at, y(d.low)]);
        const around = `${trace([...upper, ...lower.reverse()])}z`;
        if (set.mark === 'area') {
          group.append(path(around, { fill: colour }));
          if (hatched(set)) group.append(path(around, { fill: `url(#${key}-hatch)` }));
          group.append(path(trace(upper), { stroke: theme.panel, 'stroke-width': 0.8 }));
        } else {
          group.append(path(around, { fill: colour, 'fill-opacity': 0.15 }),
            path(trace(upper) + trace(lower), { stroke: colour, 'stroke-width': 0.8, 'stroke-opacity': 0.55 }));
        }
      } else {
        const line = trace(run.map((d) => [x(d.p.mid), y(d.high)]));
        const look = stroke(set, theme);
        if (frame.panel.solid) group.append(path(line, { ...look, ...rim(set), stroke: theme.panel }));
        group.append(path(line, look));
        if (run.length === 1) dots.push(run[0]);
      }
    }
    if (set.mark === 'line') dots.push(...spaced(drawn, set, frame, plot));
    const d = dots.map((o) => shape(set.mark === 'line' ? set.nth : 0, x(o.p.mid), y(o.high), 3)).join('');
    if (d) group.append(path(d, { fill: colour, stroke: theme.panel, 'stroke-width': 0.7 }));
    return group;
  }

  /** Points of a line that get its shape: all where they are few, else some, staggered so that lines do not hide each other. */
  function spaced(drawn, set, frame, plot) {
    const apart = plot.end - plot.begin, step = (plot.x(drawn[0].p.to) - plot.x(drawn[0].p.from)) || 1;
    const inView = drawn.filter((d) => plot.x(d.p.mid) >= plot.begin && plot.x(d.p.mid) <= plot.end);
    if (inView.length <= Math.min(36, apart / 14)) return inView.filter((d) => !d.gap);
    if (frame.panel.lines < 2) return [];
    const each = Math.max(2, Math.round(84 / Math.max(step, apart / inView.length)));
    const offset = Math.round(((set.nth % frame.panel.lines) / frame.panel.lines) * each);
    return inView.filter((d, i) => !d.gap && i % each === offset % each);
  }

  /** Grid, axes and marks of every panel, into an SVG. */
  function drawPlot(into, plot, theme, key) {
    const defs = svg('defs', {}, hatch(theme, key));
    into.append(defs);
    plot.frames.forEach((frame, i) => {
      const { begin, end, left } = plot, middle = { 'text-anchor': 'middle' };
      defs.append(svg('clipPath', { id: `${key}-clip-${i}` },
        svg('rect', { x: begin, y: frame.top - 4, width: end - begin, height: frame.bottom - frame.top + 8 })));
      const title = `${frame.panel.axis}${frame.axis.log ? ' (logarithmic)' : ''}`;
      into.append(label(fit(title, BODY, end + 18 - left), left, frame.top - 12, theme.ink, { 'font-size': BODY, class: 'axis' }));
      const grid = [], ticks = svg('g', { class: 'values' });
      for (const [v, text] of frame.axis.ticks) {
        const y = frame.y(v);
        grid.push(`M${begin} ${sharp(y)}H${end}`);
        ticks.append(label(text, begin - 7, y + SMALL * 0.35, theme.muted, { 'text-anchor': 'end' }));
      }
      for (const t of plot.time) grid.push(`M${sharp(plot.x(t.day))} ${frame.top}V${frame.bottom}`);
      into.append(path(grid.join(''), { stroke: theme.grid, 'stroke-width': 1 }), ticks);
      const inside = svg('g', { 'clip-path': `url(#${key}-clip-${i})` });
      // Lines last: bars, areas and bands must not hide them.
      const flat = (l) => (l.set.mark === 'line' || l.set.mark === 'dashed' ? 1 : 0);
      for (const layer of [...frame.layers].sort((a, b) => flat(a) - flat(b))) inside.append(marks(layer, frame, plot, theme, key));
      const zero = frame.y(0);
      into.append(inside, path(`M${begin} ${sharp(zero)}H${end}`, { stroke: theme.muted, 'stroke-width': 1 }));
      if (frame.empty) into.append(label('No values', (begin + end) / 2, (frame.top + frame.bottom) / 2, theme.muted, middle));
      if (i + 1 < plot.frames.length) return;
      const dates = svg('g', { class: 'dates' });
      for (const t of plot.time) {
        const x = plot.x(t.day);
        dates.append(path(`M${sharp(x)} ${sharp(frame.bottom)}v4`, { stroke: theme.muted }), label(t.text, x, frame.bottom + 18, theme.muted, middle));
        if (t.under) dates.append(label(t.under, x, frame.bottom + 33, theme.muted, middle));
      }
      into.append(dates);
    });
  }

  /** The sets a legend names, as they lie: stacked areas from the top. */
  function named(panel) {
    const sets = panel.sets.filter((s) => s.label);
    return sets.every((s) => s.mark === 'area') ? sets.reverse() : sets;
  }

  /** A small picture of how a set is drawn, 26 by 14. */
  function chip(set, theme, key) {
    const colour = paint(set, theme), box = 'M1 2H25V12H1z';
    if (set.mark === 'line' || set.mark === 'dashed') {
      const group = svg('g', {}, path('M1 7H25', stroke(set, theme)));
      if (set.mark === 'line' && set.panel.lines > 1) group.append(path(shape(set.nth, 13, 7, 3.2), { fill: colour }));
      return group;
    }
    // A band within another of its colour is as dark as both.
    const group = svg('g', {}, path(box, { fill: colour, 'fill-opacity': set.mark === 'band' ? 1 - 0.85 ** (set.nth + 1) : 1,
      ...(set.mark === 'band' ? { stroke: colour, 'stroke-width': 0.8, 'stroke-opacity': 0.55 } : {}) }));
    if (hatched(set)) group.append(path(box, { fill: `url(#${key}-hatch)` }));
    return group;
  }
  const chipImage = (set, key) => svg('svg', { class: 'chip', width: 26, height: 14, 'aria-hidden': 'true' }, chip(set, LIVE, key));

  /** The whole figure on white paper: heading, plot as it is zoomed, legend of what is shown, caption. */
  function picture(chart, state) {
    const margin = 20, key = 'picture', root = svg('svg', { xmlns: SVG, 'font-family': getComputedStyle(document.body).fontFamily });
    let y = margin;
    const write = (text, size, step, colour, weight = 400) => {
      for (const line of text ? wrap(text, size, PICTURE - 2 * margin, weight) : []) {
        root.append(label(line, margin, (y += step), colour, { 'font-size': size, 'font-weight': weight }));
      }
    };
    write(chart.title, 17, 20, PAPER.ink, 700);
    write(chart.subtitle, BODY, 18, PAPER.muted);
    const groups = chart.panels.map((p) => named(p).filter(state.shown).map((set) => ({ set, lines: wrap(set.label, BODY, 165) })));
    const wide = Math.max(0, ...groups.flat().flatMap((e) => e.lines).map((l) => measure(l, BODY) + 36));
    const right = PICTURE - margin - wide, plot = plan(chart, state, margin, right, y + 12);
    drawPlot(root, plot, PAPER, key);
    let low = 0;
    groups.forEach((entries, i) => {
      low = Math.max(low, plot.frames[i].top);
      for (const { set, lines } of entries) {
        const mark = chip(set, PAPER, key);
        mark.setAttribute('transform', `translate(${right} ${low})`);
        root.append(mark, ...lines.map((l, n) => label(l, right + 34, low + 11 + n * 15, PAPER.ink, { 'font-size': BODY })));
        low += lines.length * 15 + 5;
      }
    });
    y = Math.max(plot.bottom + FOOT, low);
    write(chart.caption, SMALL, 17, PAPER.muted);
    const height = Math.ceil(y + 14);
    root.prepend(svg('rect', { width: PICTURE, height, fill: PAPER.panel }));
    return { root: fill(root, { width: PICTURE, height, viewBox: `0 0 ${PICTURE} ${height}` }, []), height };
  }

  // ---- The data as text ----

  /** Rows of the table and of the CSV: a slot of time and the point of each set that stands for exactly it. */
  const rows = (chart) => chart.slots.map((slot) => ({ slot, points: chart.sets.map((s) => s.at.get(slot.key)) }));

  /** All the data, whatever is hidden or out of view, as it was given; `to` is the day after the last. */
  function csv(chart) {
    // A name that begins like a formula would be run by a spreadsheet.
    const quote = (v) => { const t = v.replace(/^[=+\-@\t\r]/, "'$&"); return /[",\r\n]/.test(t) ? `"${t.replace(/"/g, '""')}"` : t; };
    const value = (v) => (v === null || v === undefined ? '' : String(v));
    const bands = chart.sets.map((s) => s.mark === 'band');
    const head = ['from', 'to', ...chart.sets.flatMap((s, i) => (bands[i] ? [s.name, `${s.name} low`] : [s.name])).map(quote)];
    const body = rows(chart).map(({ slot, points }) => [iso(chart.first + slot.from), iso(chart.first + slot.to),
      ...points.flatMap((p, i) => (bands[i] ? [value(p?.y), value(p?.low)] : [value(p?.y)]))]);
    return `${[head, ...body].map((cells) => cells.join(',')).join('\n')}\n`;
  }

  function table(chart) {
    const head = html('tr', {}, html('th', { scope: 'col' }, 'Time'));
    for (const s of chart.sets) head.append(html('th', { scope: 'col' }, s.name, html('small', {}, s.panel.axis)));
    const body = html('tbody');
    for (const { slot, points } of rows(chart)) {
      const row = html('tr', {}, html('th', { scope: 'row' }, spanText(chart.first + slot.from, chart.first + slot.to)));
      // A plain hyphen: spreadsheets take the true minus sign for a letter.
      for (const p of points) row.append(html('td', {}, !p || p.y === null ? '\u2013' : reading(p).replace(/\u2212/g, '-')));
      body.append(row);
    }
    return html('table', {}, html('caption', {}, chart.title), html('thead', {}, head), body);
  }

  /** The chart in words, for those who cannot see it. */
  function inWords(chart) {
    const words = chart.sets.filter((s) => s.label).map((s) => {
      const has = s.points.filter((p) => p.y !== null);
      if (!has.length) return `${s.name}: no values.`;
      const top = has.reduce((a, b) => (b.y > a.y ? b : a)), when = spanText(chart.first + top.from, chart.first + top.to);
      return `${s.name} (${s.panel.axis}): first ${reading(has[0])}, highest ${reading(top)} in ${when}, last ${reading(has[has.length - 1])}.`;
    });
    return `${chart.title}. ${words.join(' ')} Arrow keys read the values out, plus and minus zoom.`;
  }

  function save(name, blob) {
    const link = html('a', { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // ---- A figure ----

  /** Fills a figure and answers to its reader. Returns what redraws it. */
  function show(figure, chart, key) {
    const hidden = new Set();
    const shown = (set) => (set.owners.length ? set.owners.some(shown) : !hidden.has(set));
    const state = { view: [0, chart.end], shown };
    const file = (chart.id || 'chart').replace(/[^\w-]+/g, '-');
    let plot = null, slot = null, drag = null, width = 0;

    const button = (text, title, action) => {
      const b = html('button', { type: 'button', title }, text);
      b.addEventListener('click', (event) => action(b, event));
      return b;
    };
    const root = svg('svg', { class: 'drawing', role: 'img', tabindex: 0, 'aria-label': inWords(chart) });
    const tip = html('div', { class: 'tip', hidden: '', 'aria-hidden': 'true' });
    const live = html('div', { class: 'live', 'aria-live': 'polite' });
    const values = html('div', { class: 'table', hidden: '', tabindex: 0, role: 'region', 'aria-label': `Values: ${chart.title}` });
    const reset = button('Reset', 'Show the whole time (or double-click the chart)', () => { root.focus(); zoom(0, chart.end); });
    const tools = html('div', { class: 'tools', role: 'group', 'aria-label': `Tools for ${chart.title}` },
      button('CSV', 'Download the data', () => save(`${file}.csv`, new Blob([csv(chart)], { type: 'text/csv;charset=utf-8' }))),
      button('PNG', 'Download the picture', savePicture), button('Table', 'Show or hide the values as a table', toggleTable), reset);
    tools.children[2].setAttribute('aria-expanded', 'false');
    const plotBox = html('div', { class: 'plot' }, root, tip), legend = html('div', { class: 'legend' });
    const body = html('div', { class: 'body' }, plotBox, legend);
    figure.replaceChildren(html('figcaption', {}, html('span', { class: 'title' }, chart.title), html('span', { class: 'subtitle' }, chart.subtitle)),
      tools, body, html('p', { class: 'note' }, chart.caption), live, values);
    const entries = fillLegend();

    function fillLegend() {
      const all = new Map();
      for (const panel of chart.panels) {
        const group = html('div', { class: 'group', role: 'group', 'aria-label': panel.axis });
        if (chart.panels.length > 1 && named(panel).length) group.append(html('span', { class: 'unit' }, panel.axis));
        for (const set of named(panel)) {
          const b = button('', 'Show or hide; with Shift held: this one alone', (_, e) => toggle(set, e.shiftKey));
          b.append(chipImage(set, key), html('span', {}, set.label));
          const dim = (on) => root.querySelectorAll('.set').forEach((g) => g.classList.toggle('dim', on && g.dataset.set !== set.name && shown(set)));
          b.addEventListener('pointerenter', () => dim(true));
          b.addEventListener('pointerleave', () => dim(false));
          all.set(set, b);
          group.append(b);
        }
        legend.append(group);
      }
      legend.hidden = !all.size;
      return all;
    }

    function toggle(set, alone) {
      const others = named(set.panel).filter((s) => s !== set);
      if (alone) {
        const back = others.every((s) => hidden.has(s));
        others.forEach((s) => (back ? hidden.delete(s) : hidden.add(s)));
        hidden.delete(set);
      } else if (!hidden.delete(set)) hidden.add(set);
      redraw();
    }

    function redraw() {
      // A figure not yet laid out (in a closed section) has no width: it is drawn again when it gets one.
      width = printing.matches ? 660 : Math.max(280, plotBox.clientWidth || 700);
      plot = plan(chart, state, 2, width, 0);
      const height = Math.ceil(plot.bottom + FOOT);
      root.setAttribute('viewBox', `0 0 ${width} ${height}`);
      root.replaceChildren();
      drawPlot(root, plot, LIVE, key);
      reset.disabled = state.view[0] <= 0 && state.view[1] >= chart.end;
      for (const [set, b] of entries) b.setAttribute('aria-pressed', String(shown(set)));
      // Beside the plot each panel's legend begins at its panel, unless the one above needs the room.
      [...legend.children].forEach((group, i) => {
        const next = i + 1 < plot.frames.length ? plot.frames[i + 1].top - HEAD : height - FOOT;
        group.style.minHeight = `${next - plot.frames[i].top + HEAD}px`;
      });
      if (slot) point(slot);
    }

    /** Shows these days, moved to the nearest ends of spans so that none is cut. */
    function zoom(from, to) {
      // What would stick out at one end is given to the other.
      const shift = Math.max(0, -from) - Math.max(0, to - chart.end);
      [from, to] = [Math.max(0, from + shift), Math.min(chart.end, to + shift)];
      const edges = [0, chart.end, ...chart.slots.flatMap((s) => [s.from, s.to])];
      let [a, b] = [from, to].map((day) => edges.reduce((best, e) => (Math.abs(e - day) < Math.abs(best - day) ? e : best)));
      if (chart.slots.filter((s) => s.from >= a && s.to <= b).length < 3) {
        // Fewer than three spans tell nothing: the one in the middle and its neighbours.
        const near = nearest((from + to) / 2), row = chart.slots.filter((s) => s === near || s.to <= near.from || s.from >= near.to);
        const i = Math.max(0, Math.min(row.indexOf(near) - 1, row.length - 3));
        [a, b] = [row[i].from, row[Math.min(i + 2, row.length - 1)].to];
      }
      state.view = [Math.max(0, a), Math.min(chart.end, b)];
      if (slot && (slot.mid < a || slot.mid > b)) point(null);
      redraw();
    }

    /** The slot of time at a day: the shortest around it, else the nearest. */
    function nearest(day) {
      const away = (s) => (s.from <= day && day < s.to ? (s.to - s.from) * 1e-6 : Math.abs(s.mid - day));
      return chart.slots.reduce((a, b) => (away(b) < away(a) ? b : a));
    }
    const inView = () => chart.slots.filter((s) => s.mid >= state.view[0] && s.mid <= state.view[1]);

    /** Rule, dots and tooltip at a slot of time; null takes them away. */
    function point(at, pointerY) {
      slot = at;
      root.querySelector('.rule')?.remove();
      tip.hidden = !at;
      if (!at) return;
      const x = plot.x(at.mid), rule = svg('g', { class: 'rule' });
      const when = html('strong', {}, spanText(chart.first + at.from, chart.first + at.to));
      tip.replaceChildren(when);
      rule.append(path(`M${x.toFixed(1)} ${plot.frames[0].top}V${plot.bottom}`, { stroke: LIVE.ink, 'stroke-width': 1 }));
      for (const frame of plot.frames) {
        const list = html('div', { class: 'readings' });
        for (const set of readingOrder(frame)) {
          const p = pointAt(set, at), value = !p || p.y === null ? 'no value' : reading(p);
          const other = p && p.key !== at.key ? ` (${spanText(chart.first + p.from, chart.first + p.to)})` : '';
          list.append(html('span', { class: 'name' }, chipImage(set, key), html('span', {}, `${set.label || set.name}${other}`)), html('span', { class: 'value' }, value));
          if (p && p.y !== null && !other && (set.mark === 'line' || set.mark === 'dashed')) {
            rule.append(path(shape(0, x, frame.y(p.y), 4), { fill: paint(set, LIVE), stroke: LIVE.panel, 'stroke-width': 1.5 }));
          }
        }
        if (list.children.length) tip.append(html('span', { class: 'unit' }, frame.panel.axis), list);
      }
      root.append(rule);
      placeTip(x, pointerY);
    }
    /** As in the legend; the shades of a line after it. */
    function readingOrder(frame) {
      const shades = frame.panel.sets.filter((s) => !s.label), of = (set) => shades.filter((s) => s.owners[0] === set);
      return [...named(frame.panel).flatMap((s) => [s, ...of(s)]), ...of(undefined)].filter(shown);
    }

    /** Beside the rule on the side with more room; under a narrow plot, where it would hide what it speaks of. */
    function placeTip(x, pointerY) {
      const scale = root.clientWidth / width || 1, at = x * scale, room = body.clientWidth;
      const [w, h] = [tip.offsetWidth, tip.offsetHeight], under = width < 480;
      const beside = at + 14 + w <= room ? at + 14 : at - 14 - w;
      tip.style.left = `${Math.max(0, Math.min(under ? at - w / 2 : beside, room - w))}px`;
      const wanted = pointerY === undefined ? plot.frames[0].top : pointerY - h / 2;
      tip.style.top = `${under ? root.clientHeight - 4 : Math.max(0, Math.min(wanted, root.clientHeight - h))}px`;
    }

    /** The reading at the slot in a sentence, for a screen reader. */
    function say() {
      const said = plot.frames.map((frame) => {
        const all = readingOrder(frame).map((set) => {
          const p = pointAt(set, slot);
          return `${set.label || set.name} ${!p || p.y === null ? 'no value' : reading(p)}`;
        });
        return all.length ? `${frame.panel.axis}: ${all.join(', ')}.` : '';
      });
      live.textContent = `${spanText(chart.first + slot.from, chart.first + slot.to)}. ${said.join(' ')}`;
    }

    function savePicture() {
      const { root: sheet, height } = picture(chart, state), image = new Image();
      image.onload = () => {
        const canvas = html('canvas', { width: PICTURE * 2, height: height * 2 });
        canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => (blob ? save(`${file}.png`, blob) : image.onerror()), 'image/png');
      };
      image.onerror = () => { live.textContent = 'The picture could not be made.'; };
      // A data: address keeps the canvas readable when the page is opened from disk; a blob: one does not everywhere.
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(sheet))}`;
    }

    function toggleTable(b) {
      if (!values.firstChild) values.append(table(chart));
      values.hidden = !values.hidden;
      b.setAttribute('aria-expanded', String(!values.hidden));
    }

    // ---- Pointer and keys ----

    const place = (e) => {
      const box = root.getBoundingClientRect();
      return { x: ((e.clientX - box.left) / box.width) * width, y: e.clientY - box.top };
    };
    const within = (x) => Math.min(plot.end, Math.max(plot.begin, x));
    const hover = ({ x, y }) => {
      const near = nearest(plot.day(within(x)));
      point(near.mid >= state.view[0] && near.mid <= state.view[1] ? near : null, y);
    };
    const endDrag = () => { drag = null; root.querySelector('.range')?.remove(); };

    root.addEventListener('pointerdown', (e) => {
      if (e.button !== 0 || !e.isPrimary) return;
      drag = { from: within(place(e).x) };
      root.setPointerCapture(e.pointerId);
      hover(place(e));
    });
    root.addEventListener('pointermove', (e) => {
      const at = place(e);
      hover(at);
      if (!drag) return;
      drag.to = within(at.x);
      root.querySelector('.range')?.remove();
      root.append(svg('rect', { class: 'range', x: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from), y: plot.frames[0].top,
        height: plot.bottom - plot.frames[0].top, fill: LIVE.accent, 'fill-opacity': 0.18 }));
    });
    root.addEventListener('pointerup', () => {
      const done = drag;
      endDrag();
      // A click that trembles is not a drag.
      if (done && Math.abs((done.to ?? done.from) - done.from) > 8) zoom(...[plot.day(done.from), plot.day(done.to)].sort((a, b) => a - b));
    });
    root.addEventListener('pointercancel', endDrag);
    // A finger leaves the screen with every tap: what it asked for stays until it taps elsewhere.
    root.addEventListener('pointerleave', (e) => { if (e.pointerType !== 'touch' && !drag) point(null); });
    root.addEventListener('dblclick', () => zoom(0, chart.end));
    root.addEventListener('blur', () => point(null));
    root.addEventListener('keydown', (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const all = chart.slots, seen = inView(), now = slot ? all.indexOf(slot) : -1;
      const middle = slot ? slot.mid : (state.view[0] + state.view[1]) / 2, half = (state.view[1] - state.view[0]) / 2;
      const go = (to) => {
        const next = all[Math.min(all.length - 1, Math.max(0, to))];
        // Past the edge of what is in view, the view moves along.
        const by = next.from < state.view[0] ? next.from - state.view[0] : Math.max(0, next.to - state.view[1]);
        slot = next;
        if (by) zoom(state.view[0] + by, state.view[1] + by);
        point(next);
        say();
      };
      const closer = (times) => {
        zoom(middle - half * times, middle + half * times);
        live.textContent = `Shown: ${spanText(chart.first + state.view[0], chart.first + state.view[1])}.`;
      };
      const begin = all.indexOf(seen[0] || all[0]), end = all.indexOf(seen[seen.length - 1] || all[0]);
      const keys = {
        ArrowRight: () => go(now < 0 ? begin : now + 1), ArrowLeft: () => go(now < 0 ? end : now - 1),
        Home: () => go(begin), End: () => go(end), Escape: () => point(null),
        '+': () => closer(0.5), '=': () => closer(0.5), '-': () => closer(2), _: () => closer(2),
      };
      if (!Object.hasOwn(keys, e.key)) return;
      e.preventDefault();
      keys[e.key]();
    });

    /** Lays out for the present width. */
    function resize() {
      const narrow = printing.matches || (figure.clientWidth > 0 && figure.clientWidth < NARROW);
      figure.classList.toggle('narrow', narrow);
      if (!plot || printing.matches || Math.abs(width - Math.max(280, plotBox.clientWidth || 700)) > 0.5) redraw();
    }
    return resize;
  }

  // ---- The page ----

  const printing = window.matchMedia('print');
  const watched = new Map();
  // In the next frame: to draw at once would change what is being measured.
  const watch = new ResizeObserver((seen) => requestAnimationFrame(() => seen.forEach((e) => watched.get(e.target)?.())));
  printing.addEventListener('change', () => watched.forEach((resize) => resize()));

  /** Fills all figures from the page's data, anew when called again; a figure whose data are missing is removed. */
  function draw() {
    const source = document.getElementById('charts');
    const charts = new Map((source ? JSON.parse(source.textContent) : []).map((c) => [String(c.id), c]));
    watch.disconnect();
    watched.clear();
    document.querySelectorAll('figure.chart').forEach((figure, i) => {
      try {
        const raw = charts.get(figure.dataset.chart), chart = raw ? tidy(raw) : null;
        if (!chart) { figure.remove(); return; }
        const resize = show(figure, chart, `sirocco-chart-${i}`);
        resize();
        watched.set(figure, resize);
        watch.observe(figure);
      } catch (error) {
        // One chart that cannot be drawn must not take the others with it.
        console.error(error);
        figure.remove();
      }
    });
  }

  window.siroccoCharts = { draw, get count() { return watched.size; } };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', draw);
  else draw();
})();
