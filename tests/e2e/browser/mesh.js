// SPDX-License-Identifier: BSD-3-Clause
// One participant of a conference in which everybody sends to everybody, as it runs inside the page. The driver carries
// `window.signal(to, message)` of one page to `receive(from, message)` of the other.
const mesh = { me: null, servers: null, media: null, links: new Map(), errors: [], samples: [], ways: new Map() };
const SAMPLE_EVERY_MILLISECONDS = 200;

async function enter(me, iceServers) {
  Object.assign(mesh, { me, servers: iceServers });
  mesh.media = await navigator.mediaDevices.getUserMedia({
    audio: true, video: { width: 320, height: 240, frameRate: 10 } });
  watch();
}

async function watch() {
  mesh.samples.push(await sample());
  setTimeout(watch, SAMPLE_EVERY_MILLISECONDS);
}

function linkTo(other) {
  if (mesh.links.has(other)) return mesh.links.get(other);
  const link = new RTCPeerConnection({ iceServers: mesh.servers, iceTransportPolicy: 'relay' });
  mesh.links.set(other, link);
  link.onicecandidate = ({ candidate }) => candidate && signal(other, { candidate: candidate.toJSON() });
  link.onicecandidateerror = ({ errorCode, errorText }) => mesh.errors.push({ errorCode, errorText });
  link.ontrack = ({ track, streams }) => show(track, streams[0]);
  mesh.media.getTracks().forEach((track) => link.addTrack(track, mesh.media));
  return link;
}

function show(track, stream) {
  if (track.kind !== 'video') return;
  const video = document.createElement('video');
  Object.assign(video, { srcObject: stream, autoplay: true, muted: true, playsInline: true });
  document.body.append(video);
}

async function call(other) {
  const link = linkTo(other);
  await link.setLocalDescription();
  signal(other, { description: link.localDescription.toJSON() });
}

async function receive(from, message) {
  try {
    await take(from, message);
  } catch (error) {
    mesh.errors.push({ from, error: `${error}` });
  }
}

async function take(from, { description, candidate }) {
  const link = linkTo(from);
  if (candidate) return link.addIceCandidate(candidate);
  await link.setRemoteDescription(description);
  if (description.type === 'offer') await call(from);
}

// Octets of all ways of all links together, pictures, and when the last packet of one came.
async function sample() {
  const all = { at: Date.now(), sent: 0, received: 0, frames: 0, heard: 0 };
  for (const [other, link] of mesh.links) {
    for (const report of (await link.getStats()).values()) {
      if (report.type === 'candidate-pair') {
        // A way that has failed is reported no more, but what went over it has gone.
        const { bytesSent: sent = 0, bytesReceived: received = 0 } = report;
        mesh.ways.set(`${other} ${report.id}`, { sent, received });
      } else if (report.type === 'inbound-rtp' && report.kind === 'video') {
        all.frames += report.framesDecoded ?? 0;
        all.heard = Math.max(all.heard, report.lastPacketReceivedTimestamp ?? 0);
      }
    }
  }
  for (const { sent, received } of mesh.ways.values()) {
    all.sent += sent;
    all.received += received;
  }
  return all;
}

// For a failed test to show.
function standing() {
  const links = [...mesh.links].map(([other, { connectionState, signalingState, iceGatheringState }]) => ({
    other, connectionState, signalingState, iceGatheringState }));
  return { links, errors: mesh.errors };
}

async function seesEverybody(count) {
  let seen = 0;
  for (const link of mesh.links.values()) {
    const reports = [...(await link.getStats()).values()];
    if (reports.some(({ type, kind, framesDecoded }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0)) {
      seen += 1;
    }
  }
  return seen === count;
}

async function until(condition, argument, milliseconds) {
  const deadline = performance.now() + milliseconds;
  while (!(await condition(argument))) {
    if (performance.now() > deadline) throw new Error(`${condition.name} was not true in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// Whether somebody with these servers gets a relay now: the errors where not.
async function tryAgain() {
  const link = new RTCPeerConnection({ iceServers: mesh.servers, iceTransportPolicy: 'relay' });
  const errors = [];
  let found = false;
  link.onicecandidate = ({ candidate }) => { found ||= Boolean(candidate?.candidate); };
  link.onicecandidateerror = ({ errorCode, errorText }) => errors.push({ errorCode, errorText });
  link.createDataChannel('again');
  await link.setLocalDescription();
  await new Promise((resolve) => {
    link.onicegatheringstatechange = () => link.iceGatheringState === 'complete' && resolve();
  });
  link.close();
  return { found, errors };
}
