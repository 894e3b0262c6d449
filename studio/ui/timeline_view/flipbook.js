// The preview's pictures: fetched piece by piece while the studio paints them, kept by what they show, so that after an
// edit only what it changed is painted again.

import { API, Fault, get } from "/ui/static/api.js";

const KEPT = 24, AHEAD = 3, DECODED = 40;                            // pieces, pieces, pictures

export function flipbook({ grown }) {
  const kept = new Map(), decoded = new Map();                       // key -> piece; Blob -> ImageBitmap or its promise
  let plan = null, fetching = null;

  /** Learn what the film is made of now. What is known of it already stays. */
  async function open({ id, version }, width) {
    if (plan?.id === id && plan.version === version && plan.width === width) return plan;
    plan = { ...(await get(`/projects/${id}/preview?width=${width}`)), id, width };
    return plan;
  }

  const indexAt = (frame) => plan.pieces.findIndex((piece) => frame < piece.end);
  const pieceAt = (frame) => plan?.pieces[indexAt(frame)];

  /** The picture of a frame as a file, when it has come. */
  function page(frame) {
    const piece = pieceAt(frame);
    return piece && kept.get(piece.key)?.pages[frame - piece.start];
  }

  /** How many frames from here on, that way, can be shown without waiting; all that there are to the film's end count. */
  function ahead(frame, way, enough) {
    let count = 0;
    for (let n = frame; n >= 0 && n < plan.frames; n += way) {
      if (!page(n)) return count;
      if (++count >= enough) return count;
    }
    return enough;
  }

  /** Have what is around a frame fetched: its own piece first, then those that follow that way. */
  function want(frame, way) {
    const first = indexAt(frame), wishes = [];
    for (let n = 0; n <= AHEAD; n++) if (plan.pieces[first + n * way]) wishes.push(plan.pieces[first + n * way]);
    const next = wishes.find((piece) => !kept.get(piece.key)?.whole);
    if (fetching && (fetching.key === wishes[0]?.key || (next && fetching.key === next.key))) return;
    fetching?.stop();
    if (next) bring(next, () => want(frame, way));
  }

  async function bring({ key, start, end }, done) {
    const control = new AbortController(), mine = (fetching = { key, stop: () => control.abort() });
    const piece = { pages: [], whole: false, fault: null };
    kept.delete(key);
    kept.set(key, piece);
    while (kept.size > KEPT) kept.delete(kept.keys().next().value);
    try {
      const answer = await fetch(`${API}/projects/${plan.id}/preview/${key}?width=${plan.width}`, { signal: control.signal });
      if (!answer.ok) throw new Fault((await answer.json().catch(() => ({}))).error ?? { message: "The preview cannot be painted." }, answer.status);
      await read(answer.body.getReader(), piece);
      piece.whole = piece.pages.length === end - start;
      if (!piece.whole) throw new Fault({ message: "The preview broke off.", advice: "Play it again." });
    } catch (error) {
      if (error.name !== "AbortError") piece.fault = error;
    }
    if (fetching === mine) { fetching = null; if (piece.whole) done(); }
    grown();
  }

  /** A piece as it comes: each picture after its length, in four bytes; 0 is the one before once more. */
  async function read(stream, piece) {
    let rest = new Uint8Array(0);
    for (;;) {
      const { value, done } = await stream.read();
      if (done) return;
      const data = new Uint8Array(rest.length + value.length);
      data.set(rest);
      data.set(value, rest.length);
      let at = 0;
      for (const view = new DataView(data.buffer); at + 4 <= data.length;) {
        const size = view.getUint32(at);
        if (at + 4 + size > data.length) break;
        piece.pages.push(size ? new Blob([data.subarray(at + 4, at + 4 + size)], { type: "image/jpeg" }) : piece.pages.at(-1));
        at += 4 + size;
      }
      rest = data.slice(at);
      grown();
    }
  }

  /** The frame as a bitmap, now when it is decoded, else as a promise of it; null when it has not come. */
  function bitmap(frame) {
    const file = page(frame);
    if (!file) return null;
    if (!decoded.has(file)) {
      decoded.set(file, createImageBitmap(file).then((made) => { if (decoded.has(file)) decoded.set(file, made); return made; }));
      while (decoded.size > DECODED) decoded.delete(decoded.keys().next().value);
    }
    return decoded.get(file);
  }

  /** What went wrong with the piece that holds a frame, once. */
  function faultAt(frame) {
    const piece = kept.get(pieceAt(frame)?.key), fault = piece?.fault;
    if (fault) kept.delete(pieceAt(frame).key);
    return fault;
  }

  /** The stretches of the film that are here, as [first, end) frames. */
  function painted() {
    const found = [];
    for (const { key, start } of plan?.pieces ?? []) {
      const count = kept.get(key)?.pages.length;
      if (!count) continue;
      if (found.at(-1)?.[1] === start) found.at(-1)[1] += count;
      else found.push([start, start + count]);
    }
    return found;
  }

  return { open, want, ahead, bitmap, page, painted, faultAt, get plan() { return plan; }, rest: () => { fetching?.stop(); fetching = null; } };
}
