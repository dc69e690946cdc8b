// SPDX-License-Identifier: BSD-3-Clause
// One party of the call, as it runs inside the page. The driver carries `window.signal(message)` of one page to
// `receive(message)` of the other. A data channel counts numbered messages out and their echoes back.
const call = { connection: null, channel: null, sent: 0, echoed: 0, echoedOutOfOrder: 0, errors: [] };
const ECHO_EVERY_MILLISECONDS = 50;

async function begin(iceServers) {
  const connection = new RTCPeerConnection({ iceServers });
  call.connection = connection;
  connection.onicecandidate = ({ candidate }) => candidate && signal({ candidate: candidate.toJSON() });
  connection.onicecandidateerror = ({ url, errorCode, errorText }) => call.errors.push({ url, errorCode, errorText });
  connection.ondatachannel = ({ channel }) => echo(channel);
  connection.ontrack = ({ track, streams }) => show(track, streams[0]);
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480 } });
  media.getTracks().forEach((track) => connection.addTrack(track, media));
  call.channel = connection.createDataChannel('numbers');
  call.channel.onopen = () => setInterval(() => call.channel.send(`${call.sent++}`), ECHO_EVERY_MILLISECONDS);
  call.channel.onmessage = ({ data }) => {
    if (data === `${call.echoed}`) call.echoed += 1;
    else call.echoedOutOfOrder += 1;
  };
}

function echo(channel) {
  channel.onmessage = ({ data }) => channel.send(data);
}

function show(track, stream) {
  if (track.kind !== 'video') return;
  const video = document.createElement('video');
  Object.assign(video, { srcObject: stream, autoplay: true, muted: true, playsInline: true });
  document.body.append(video);
}

async function offer() {
  await call.connection.setLocalDescription();
  signal({ description: call.connection.localDescription.toJSON() });
}

async function receive({ description, candidate }) {
  if (candidate) return call.connection.addIceCandidate(candidate);
  await call.connection.setRemoteDescription(description);
  if (description.type === 'offer') await offer();
}

// What the test judges, in one flat value. Milliseconds are of the page's clock.
async function snapshot() {
  const reports = [...(await call.connection.getStats()).values()];
  const byId = Object.fromEntries(reports.map((report) => [report.id, report]));
  const transport = reports.find(({ type }) => type === 'transport') ?? {};
  const pair = byId[transport.selectedCandidatePairId] ?? {};
  const inbound = (kind) => reports.find((report) => report.type === 'inbound-rtp' && report.kind === kind) ?? {};
  const { framesDecoded = 0, framesDropped = 0, packetsLost: videoLost = 0 } = inbound('video');
  const { packetsReceived: audioPackets = 0, packetsLost: audioLost = 0, jitter: audioJitter = 0 } = inbound('audio');
  return {
    at: performance.now(), state: call.connection.connectionState,
    local: kindOf(byId[pair.localCandidateId]), remote: kindOf(byId[pair.remoteCandidateId]),
    bytesReceived: pair.bytesReceived ?? 0, bytesSent: pair.bytesSent ?? 0,
    roundTripSeconds: pair.currentRoundTripTime ?? null,
    framesDecoded, framesDropped, videoLost, audioPackets, audioLost, audioJitter,
    sent: call.sent, echoed: call.echoed, echoedOutOfOrder: call.echoedOutOfOrder, errors: call.errors,
  };
}

function kindOf(candidate) {
  if (!candidate) return null;
  const { candidateType, relayProtocol, protocol, address, port, url } = candidate;
  return { candidateType, relayProtocol, protocol, address, port, url };
}

async function hasFlowed({ from, wanted }) {
  const now = await snapshot();
  return now.at - from.at >= wanted.milliseconds && now.framesDecoded - from.framesDecoded >= wanted.frames
    && now.audioPackets > from.audioPackets && now.echoed - from.echoed >= wanted.echoes;
}

async function isConnected() {
  if (call.connection.connectionState === 'failed') throw new Error('the connection failed');
  if (call.connection.connectionState !== 'connected' || call.channel.readyState !== 'open') return false;
  const { framesDecoded, audioPackets, echoed, local } = await snapshot();
  return framesDecoded > 0 && audioPackets > 0 && echoed > 0 && local !== null;
}

async function until(condition, argument, milliseconds) {
  const deadline = performance.now() + milliseconds;
  while (!(await condition(argument))) {
    if (performance.now() > deadline) throw new Error(`${condition.name} was not true in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
