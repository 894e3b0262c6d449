// The preview's sound, and the clock the pictures go by: windows of the mix, laid end to end on the audio clock, to the
// sample; backwards and at other speeds too.

import { API } from "/ui/static/api.js";

const WINDOW_S = 4, LEAD_S = 1.2, KEPT = 12;

export function soundtrack() {
  const kept = new Map();                                            // key/window -> promise of an AudioBuffer
  let context = null, film = null, run = null, timer = 0;

  const now = () => (context?.state === "running" ? context.currentTime : performance.now() / 1000);
  const span = () => Math.round(WINDOW_S * film.fps);

  function window(index) {
    const key = `${film.sound}/${index}`;
    if (!kept.has(key)) {
      const url = `${API}/projects/${film.id}/sound?start=${index * span()}&frames=${span()}`;
      kept.set(key, fetch(url).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer))).then((data) => context.decodeAudioData(data)).catch(() => { kept.delete(key); return null; }));
      while (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(key);
  }

  /** Have the sound ready from a frame on; then `start` begins at once. `given` is the preview's plan. */
  async function cue(given, frame, rate) {
    const [top, bottom] = given.fps.split("/").map(Number);
    film = { ...given, fps: top / bottom };
    context ??= new AudioContext({ latencyHint: "interactive" });
    const waking = context.state === "running" ? null : context.resume().catch(() => {});
    await Promise.all([window(Math.floor(frame / span())), Promise.race([waking, new Promise((done) => setTimeout(done, 250))])]);
    if (rate < 0 && frame >= span()) window(Math.floor(frame / span()) - 1);
  }

  /** Begin to play. Answers a clock: which frame it is by now. */
  function start(frame, rate) {
    stop();
    run = { frame, rate, from: now() + 0.03, audio: context?.state === "running", next: Math.floor(frame / span()), at: frame, until: 0, sources: [] };
    run.until = run.from;
    fill(run);
    const { fps } = film, mine = run, late = mine.audio ? context.outputLatency || context.baseLatency || 0 : 0;
    return () => Math.floor(frame + Math.max(0, now() - mine.from - late) * fps * rate + 1e-6);
  }

  /** Lay down windows until the sound is that far ahead of the clock. */
  async function fill(mine) {
    clearTimeout(timer);
    while (run === mine && mine.audio && mine.until - now() < LEAD_S && mine.next >= 0 && mine.next * span() < film.frames) {
      const index = mine.next, buffer = await window(index);
      if (run !== mine) return;
      const first = index * span(), long = Math.min(span(), film.frames - first), back = mine.rate < 0;
      const inside = Math.max(0, Math.min(long, back ? first + long - 1 - mine.at : mine.at - first)) / film.fps;
      if (buffer) play(mine, back ? reversed(buffer) : buffer, inside);
      mine.until += (long / film.fps - inside) / Math.abs(mine.rate);
      mine.next += back ? -1 : 1;
      mine.at = back ? first - 1 : first + long;
    }
    if (run === mine) timer = setTimeout(() => fill(mine), 200);
  }

  function play(mine, buffer, inside) {
    const source = new AudioBufferSourceNode(context, { buffer, playbackRate: Math.abs(mine.rate) });
    const late = Math.max(0, now() - mine.until) * Math.abs(mine.rate);
    source.connect(context.destination);
    source.start(Math.max(mine.until, now()), Math.min(buffer.duration, inside + late));
    mine.sources.push(source);
    source.onended = () => mine.sources.splice(mine.sources.indexOf(source), 1);
  }

  function reversed(buffer) {
    const made = new AudioBuffer({ length: buffer.length, numberOfChannels: buffer.numberOfChannels, sampleRate: buffer.sampleRate });
    for (let channel = 0; channel < buffer.numberOfChannels; channel++) made.copyToChannel(buffer.getChannelData(channel).slice().reverse(), channel);
    return made;
  }

  function stop() {
    clearTimeout(timer);
    for (const source of run?.sources ?? []) source.stop();
    run = null;
  }

  return { cue, start, stop };
}
