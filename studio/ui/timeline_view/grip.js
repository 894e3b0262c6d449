// A hand on something over the picture: followed until it is let go, Escape gives up. And keys that do the same.

/** Follow the pointer: `move(dx, dy, event)` in pixels, then `done(moved)`; when given up, `done(false)`. */
export function grip(event, move, done) {
  const { target, pointerId, clientX, clientY } = event;
  let moved = false;
  event.preventDefault();
  event.stopPropagation();
  target.setPointerCapture(pointerId);
  const onMove = (e) => {
    moved ||= Math.hypot(e.clientX - clientX, e.clientY - clientY) > 3;
    if (moved) move(e.clientX - clientX, e.clientY - clientY, e);
  };
  const stop = (given) => {
    for (const [name, heard] of [["pointermove", onMove], ["pointerup", onUp], ["pointercancel", onCancel]]) target.removeEventListener(name, heard);
    removeEventListener("keydown", onKey, true);
    done(given && moved, moved);
  };
  const onUp = () => stop(true), onCancel = () => stop(false);
  const onKey = (e) => { if (e.key === "Escape") { e.stopPropagation(); e.preventDefault(); stop(false); } };
  target.addEventListener("pointermove", onMove);
  target.addEventListener("pointerup", onUp);
  target.addEventListener("pointercancel", onCancel);
  addEventListener("keydown", onKey, true);
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Arrows move, + and - change the size; with Shift ten times as far. `act({dx, dy, grow, turn})` at each press, `done`
 *  when the key is let go: a row of presses is one edit. */
export function keyed(made, act, done) {
  let pending = false;
  made.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key], far = event.shiftKey ? 10 : 1, grow = { "+": 1, "=": 1, "-": -1, _: -1 }[event.key];
    if (!step && !grow) return;
    event.preventDefault();
    event.stopPropagation();
    pending = true;
    if (event.altKey && step) act({ dx: 0, dy: 0, grow: 0, turn: step[0] * far || step[1] * far });
    else act({ dx: step ? step[0] * far : 0, dy: step ? step[1] * far : 0, grow: grow ?? 0, turn: 0 });
  });
  const give = () => { if (pending) { pending = false; done(); } };
  made.addEventListener("keyup", (event) => { if (STEPS[event.key] || "+=-_".includes(event.key)) give(); });
  made.addEventListener("blur", give);
}
