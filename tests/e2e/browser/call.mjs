// SPDX-License-Identifier: BSD-3-Clause
// Places a call between two browsers, each behind its own wrapper that starts it in a network namespace.
// Reads one JSON request from the command line and prints one JSON answer with both parties' statistics.
import { readFileSync } from 'node:fs';
import { chromium, firefox } from 'playwright-core';

const request = JSON.parse(process.argv[2]);
const PAGE = request.page ?? 'https://call.test/';
const SCRIPT = readFileSync(new URL('page.js', import.meta.url), 'utf8');
const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required',
  // The system's resolver, because it reads the namespace's file of hosts; and no question to the user about a server
  // of a private address.
  '--disable-features=AsyncDns,LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
  // A page over plain HTTP has no camera otherwise.
  `--unsafely-treat-insecure-origin-as-secure=${new URL(PAGE).origin}`,
];
// Firefox as Debian ships it asks nobody for a camera and invents one.
const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true, 'media.autoplay.default': 0,
};
const PATIENCE = request.patienceMilliseconds;

// The page is served by interception, so that it is a secure context although the namespace reaches no web server.
async function party({ engine, executablePath }) {
  const browser = await LAUNCH[engine]({ executablePath, timeout: PATIENCE });
  const context = await browser.newContext(engine === 'chromium' ? { permissions: ['camera', 'microphone'] } : {});
  const page = await context.newPage();
  const html = `<!doctype html><title>call</title><body><script>${SCRIPT}</script>`;
  const pages = [PAGE, request.stranger].filter(Boolean);
  const isPage = (url) => pages.some((each) => url.href.startsWith(each));
  await page.route(isPage, (route) => route.fulfill({ contentType: 'text/html', body: html }));
  return { browser, page };
}

const LAUNCH = {
  chromium: (options) => chromium.launch({ ...options, args: CHROMIUM_FLAGS }),
  firefox: (options) => firefox.launch({ ...options, channel: 'moz-firefox', firefoxUserPrefs: FIREFOX_PREFERENCES }),
};

// A page's signals reach the other in order, and only when that one has begun.
async function introduce(from, to) {
  let last = Promise.resolve();
  await from.page.exposeFunction('signal', (message) => {
    last = last.then(() => to.page.evaluate((value) => receive(value), message));
    return last;
  });
}

// What a page gets from the relay's own interface, as a site's page would; else what the request holds.
function iceServersOf({ page }) {
  if (!request.mint) return request.iceServers;
  return page.evaluate(async ({ url, key }) => {
    const headers = { 'Authorization': `Bearer ${key}`, 'Content-Type': 'application/json' };
    return (await (await fetch(url, { method: 'POST', headers, body: '{}' })).json()).iceServers;
  }, request.mint);
}

// What the browser says to the same request from a page of another origin.
async function mintAsStranger(party) {
  await party.page.goto(request.stranger);
  return iceServersOf(party).then((servers) => JSON.stringify(servers), (error) => `${error}`);
}

async function place(parties) {
  const [caller, callee] = parties;
  await introduce(caller, callee);
  await introduce(callee, caller);
  await Promise.all(parties.map(({ page }) => page.goto(PAGE)));
  await Promise.all(parties.map(async (party) => {
    await party.page.evaluate((servers) => begin(servers), await iceServersOf(party));
  }));
  await caller.page.evaluate(() => offer());
  await Promise.all(parties.map(({ page }) => page.evaluate((most) => until(isConnected, {}, most), PATIENCE)));
}

const snapshots = (parties) => Promise.all(parties.map(({ page }) => page.evaluate(() => snapshot())));

async function flow(parties) {
  const first = await snapshots(parties);
  await Promise.all(parties.map(({ page }, index) => page.evaluate(
    ([goal, most]) => until(hasFlowed, goal, most), [{ from: first[index], wanted: request.wanted }, PATIENCE])));
  const last = await snapshots(parties);
  return first.map((from, index) => ({ first: from, last: last[index] }));
}

async function main() {
  const launches = await Promise.allSettled(request.browsers.map(party));
  const parties = launches.map(({ value }) => value).filter(Boolean);
  try {
    const failed = launches.find(({ reason }) => reason);
    if (failed) throw failed.reason;
    await place(parties);
    const answer = { parties: await flow(parties) };
    if (request.stranger) answer.stranger = await mintAsStranger(parties[0]);
    return answer;
  } catch (error) {
    const seen = await snapshots(parties).catch((reason) => `${reason}`);
    return { error: `${error}`, seen };
  } finally {
    await Promise.all(parties.map(({ browser }) => browser.close()));
  }
}

console.log(JSON.stringify(await main()));
