// SPDX-License-Identifier: BSD-3-Clause
// A conference of several browsers, each behind its own wrapper that starts it in a network namespace. Reads one JSON
// request from the command line, says {"connected": true} when everybody sees everybody, and then does what each line
// of standard input says: {"tryAgain": index} or {"end": true}. Prints one JSON answer to each.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const request = JSON.parse(process.argv[2]);
const PAGE = 'https://call.test/';
const SCRIPT = readFileSync(new URL('mesh.js', import.meta.url), 'utf8');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--disable-features=AsyncDns',
];
const PATIENCE = request.patienceMilliseconds;
const say = (value) => console.log(JSON.stringify(value));

async function party({ executablePath }) {
  const browser = await chromium.launch({ executablePath, timeout: PATIENCE, args: FLAGS });
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  const html = `<!doctype html><title>conference</title><body><script>${SCRIPT}</script>`;
  await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  return { browser, page };
}

// Signals from one to another arrive in order.
async function introduce(parties, me) {
  const last = new Map();
  await parties[me].page.exposeFunction('signal', (to, message) => {
    const next = (last.get(to) ?? Promise.resolve()).then(() => parties[to].page.evaluate(
      ([from, value]) => receive(from, value), [me, message]));
    last.set(to, next);
    return next;
  });
}

async function connect(parties) {
  await Promise.all(parties.map((_, me) => introduce(parties, me)));
  await Promise.all(parties.map(({ page }) => page.goto(PAGE)));
  await Promise.all(parties.map(({ page }, me) => page.evaluate(
    ([number, servers]) => enter(number, servers), [me, request.parties[me].iceServers])));
  for (let me = 0; me < parties.length; me += 1) {
    for (let other = me + 1; other < parties.length; other += 1) {
      await parties[me].page.evaluate((to) => call(to), other);
    }
  }
  await Promise.all(parties.map(({ page }) => page.evaluate(
    ([count, most]) => until(seesEverybody, count, most), [parties.length - 1, PATIENCE])));
}

async function main() {
  const launches = await Promise.allSettled(request.parties.map(party));
  const parties = launches.map(({ value }) => value).filter(Boolean);
  try {
    const failed = launches.find(({ reason }) => reason);
    if (failed) throw failed.reason;
    await connect(parties);
    say({ connected: true });
    for await (const line of createInterface({ input: process.stdin })) {
      const wish = JSON.parse(line);
      if (wish.end) break;
      say(await parties[wish.tryAgain].page.evaluate(() => tryAgain()));
    }
    const seen = await Promise.all(parties.map(({ page }) => page.evaluate(
      () => ({ samples: mesh.samples, errors: mesh.errors }))));
    say({ parties: seen });
  } catch (error) {
    const seen = await Promise.all(parties.map(({ page }) => page.evaluate(() => standing()).catch(String)));
    say({ error: `${error}`, seen });
  } finally {
    await Promise.all(parties.map(({ browser }) => browser.close()));
  }
}

await main();
