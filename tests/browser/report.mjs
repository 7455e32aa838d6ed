// Opens reports from disk in Debian's Chromium and uses them as a reader would: scripts/test-browser.sh makes the reports and runs this.
//
//   node report.mjs FOLDER SCREENSHOTS
//
// FOLDER has `run` (a run with a hostile title), `policy` (a run whose map stands beside that one), `replicates`, `comparison` and
// `study`. Every page must open without a message on the console and without a request; the first failure ends the test.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const [folder, shots] = process.argv.slice(2);
fs.mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** Rows of a CSV file, as objects. */
function rows(file) {
  const [head, ...lines] = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i]])));
}

let tests = 0;
/** Runs one test on a page of its own; what is printed on the console, an error or a request fails it. */
async function test(name, file, how, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => {
    // Taking times reads pixels back, which no reader does.
    if (!message.text().startsWith("Canvas2D: Multiple readback")) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("dialog", (dialog) => { said.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) said.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${path.resolve(folder, file, "report.html")}`);
  await page.evaluate(() => window.siroccoMap?.ready);
  await how(page);
  assert.deepEqual(said, [], `${name}: nothing is said on the console and nothing fetched`);
  await context.close();
  tests += 1;
  console.log(`ok ${name}`);
}

const shot = (page, name, options = {}) => page.screenshot({ path: path.join(shots, `${name}.png`), ...options });
/** The map is drawn in the next frame: two frames later it is there, on a slow machine too. */
const drawn = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
async function pixels(page) {
  await drawn(page);
  return page.evaluate(() => document.querySelector("#map-section canvas").toDataURL());
}

await test("a hostile title is text", "run", async (page) => {
  const title = JSON.parse(fs.readFileSync(path.join(folder, "run/manifest.json"), "utf8")).title;
  assert.ok(title.includes("<img") && title.includes("</script>"));
  assert.equal(await page.textContent("h1"), title);
  assert.equal(await page.locator("img").count(), 0);
  await shot(page, "run", { fullPage: true });
});

await test("the slider moves the map, layers switch, a cell says what stands in cells.csv", "run", async (page) => {
  const cells = rows(path.join(folder, "run/cells.csv"));
  const months = [...new Set(cells.map((r) => r.month))].sort();
  assert.ok(months.length > 1);
  const before = await pixels(page);
  await page.locator('#map-section input[type="range"]').first().focus();
  await page.keyboard.press("Home");
  const first = await pixels(page);
  await page.keyboard.press("End");
  const last = await pixels(page);
  assert.notEqual(first, last, "another month, another picture");
  for (const layer of ["people", "outside_state", "risk"]) {
    await page.evaluate((key) => window.siroccoMap.setLayer(key), layer);
    const of = cells.filter((r) => r.month === months.at(-1) && Number(r[layer]) > 0);
    assert.ok(of.length > 0, layer);
    const row = of[Math.floor(of.length / 2)];
    await page.locator("#map-section canvas").first().scrollIntoViewIfNeeded();
    const at = await page.evaluate((h3) => window.siroccoMap.pixelOf(h3), row.cell);
    const box = await page.locator("#map-section canvas").first().boundingBox();
    await page.mouse.move(box.x + at.x, box.y + at.y);
    const value = String(Number(row[layer]));
    assert.equal(String(await page.evaluate((h3) => window.siroccoMap.valueOf(h3), row.cell)), value, `${layer} of ${row.cell}`);
    // What is shown beside the pointer comes a moment later.
    const isShown = ([cell, v]) => ((text) => text.includes(cell) && text.includes(v))(document.querySelector("#map-section").textContent);
    await page.waitForFunction(isShown, [row.cell, value], { timeout: 5000 });
  }
  assert.notEqual(await pixels(page), before);
  // Prices stand at their hubs.
  await page.evaluate(() => window.siroccoMap.setLayer("price"));
  const isPrice = (r) => r.hub === "Tripoli" && r.class === "small_arms" && r.month === months.at(-1);
  const price = rows(path.join(folder, "run/prices.csv")).find(isPrice);
  const shown = await page.evaluate(() => window.siroccoMap.placeValue("Tripoli"));
  assert.equal(String(shown), String(Number(price.price_usd)));
  await page.mouse.down();
  await page.mouse.up();
  await drawn(page);
  await page.locator("#map-section").screenshot({ path: path.join(shots, "map.png") });
});

await test("charts: values, sets on and off, table, CSV", "run", async (page) => {
  const chart = page.locator("figure.chart").first();
  await chart.scrollIntoViewIfNeeded();
  const drawn = await page.locator('figure.chart svg[role="img"]').count();
  const names = JSON.parse(await page.textContent("#charts"));
  assert.equal(drawn, names.length, "every chart is drawn");
  const lines = await chart.locator('svg[role="img"] path').count();
  await chart.locator("button[aria-pressed]").first().click();
  assert.ok(await chart.locator('svg[role="img"] path').count() < lines, "a set is off");
  const [download] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: /CSV/ }).click()]);
  const csv = fs.readFileSync(await download.path(), "utf8");
  assert.ok(csv.startsWith("from,to,") && csv.trim().split("\n").length > 1, csv.slice(0, 200));
  await chart.getByRole("button", { name: /Table/ }).click();
  assert.ok(await chart.locator("table").isVisible());
});

await test("baseline and policy stand side by side, and differ", "policy", async (page) => {
  const pictures = {};
  await page.evaluate(() => { window.siroccoMap.setLayer("arms"); window.siroccoMap.setMonth(2); });
  // The baseline, the policy, both side by side, the difference.
  const views = ["0", "1", "side", "difference"];
  for (const view of views) {
    await page.evaluate((name) => window.siroccoMap.setView(name), view);
    pictures[view] = await pixels(page);
    await page.locator("#map-section").screenshot({ path: path.join(shots, `view-${view}.png`) });
  }
  for (const [i, a] of views.entries()) {
    for (const b of views.slice(i + 1)) assert.notEqual(pictures[a], pictures[b], `views ${a} and ${b} are the same picture`);
  }
});

await test("the map of a comparison: the baseline and the policy that is chosen", "comparison", async (page) => {
  const { scenario, policies } = JSON.parse(fs.readFileSync(path.join(folder, "comparison/manifest.json"), "utf8"));
  assert.equal(policies.length, 2);
  assert.match(await page.textContent("#where .caveats"), /one pair of runs/);
  const select = page.locator("#map-section select");
  assert.deepEqual(await select.locator("option").allTextContents(), policies);
  const cells = (name) => rows(path.join(folder, "comparison/first-replicate", name, "cells.csv"));
  const before = new Map(cells(scenario).map((r) => [`${r.cell} ${r.month}`, Number(r.arms)]));
  const pictures = [];
  for (const [k, policy] of policies.entries()) {
    await select.selectOption({ label: policy });
    assert.match(await page.textContent("#map-section"), new RegExp(`difference \\(${policy} less ${scenario}\\)`));
    // Of two different cells the value is what the files say, in the baseline and in the policy.
    const of = cells(policy).filter((r) => Number(r.arms) > 0 && before.get(`${r.cell} ${r.month}`) > 0);
    const row = of.find((r) => before.get(`${r.cell} ${r.month}`) !== Number(r.arms)) ?? of[0];
    const months = [...new Set([...cells(scenario), ...cells(policy)].map((r) => r.month))].sort();
    await page.evaluate(([month]) => {
      window.siroccoMap.setLayer("arms");
      window.siroccoMap.setMonth(month);
      window.siroccoMap.setView("side");
    }, [months.indexOf(row.month)]);
    const values = await page.evaluate((h3) => window.siroccoMap.valueOf(h3), row.cell);
    assert.deepEqual(values, [before.get(`${row.cell} ${row.month}`), Number(row.arms)], `${row.cell}, ${row.month}`);
    await page.evaluate(() => window.siroccoMap.setView("difference"));
    pictures.push(await pixels(page));
    await page.locator("#where").screenshot({ path: path.join(shots, `comparison-map-${k}.png`) });
  }
  assert.notEqual(pictures[0], pictures[1], "another policy, another difference");
  // What the reader had set stays.
  assert.deepEqual(await page.evaluate(() => { const { layer, view } = window.siroccoMap.chosen(); return [layer, view]; }), ["arms", "difference"]);
});

await test("one replicate of several is named as such", "replicates", async (page) => {
  assert.match(await page.textContent("#where .caveats"), /one replicate of 3/);
  assert.match(await page.textContent("#chart-sea"), /One replicate of 3/);
  assert.doesNotMatch(await page.textContent("#chart-bands_sea_departures"), /One replicate of 3/);
});

for (const kind of ["run", "comparison", "study"]) {
  await test(`still figures of a ${kind} on a dark page`, kind, async (page) => {
    const grounds = await page.evaluate(() => [...document.querySelectorAll(".drawn svg")].map((svg) =>
      [getComputedStyle(svg.querySelector("rect")).fill, getComputedStyle(svg.querySelector("text")).fill]));
    assert.ok(grounds.length > 0);
    for (const [ground, text] of grounds) {
      assert.equal(ground, "rgb(25, 29, 35)", "no white box glares");
      assert.ok(Number(/\d+/.exec(text)[0]) > 150, `text is light: ${text}`);
    }
    await page.locator("#effects").screenshot({ path: path.join(shots, `dark-${kind}.png`) });
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".drawn svg rect")).fill), "rgb(255, 255, 255)", "paper is white");
  }, { colorScheme: "dark" });
}

for (const kind of ["replicates", "comparison", "study"]) {
  await test(`the page of a ${kind} opens`, kind, async (page) => {
    assert.ok(await page.locator(".sentences li").count() > 0, "it says something");
    assert.ok(await page.locator("table").count() > 0);
    await shot(page, kind, { fullPage: true });
  });
}

await test("a narrow and a dark window", "run", async (page) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `nothing is wider than the window: ${wide}`);
  await shot(page, "narrow-dark", { fullPage: true });
}, { viewport: { width: 390, height: 800 }, colorScheme: "dark" });

await test("it prints", "run", async (page) => {
  await page.emulateMedia({ media: "print" });
  await page.pdf({ path: path.join(shots, "run.pdf"), format: "A4" });
});

await test("the time of a redraw can be taken", "run", async (page) => {
  const took = await page.evaluate(() => window.siroccoMap.redrawMs(20));
  for (const [move, { median, worst }] of Object.entries(took)) {
    console.log(`   ${move}: median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`);
  }
  // Times are printed and no test: another machine has others.
  assert.deepEqual(Object.keys(took), ["month", "pan", "zoom"]);
});

await browser.close();
console.log(`${tests} browser tests passed`);
