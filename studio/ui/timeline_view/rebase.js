// An edit made on top of a version that somebody else has changed meanwhile: the same edit on top of theirs, when what it
// speaks of is as it was; else none. Pure.

const ALONE = new Set(["set_item", "replace_take", "add_take", "remove", "lift", "split", "trim_head", "trim_tail", "slip", "duplicate"]);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Which rows an edit speaks of. */
const rowsOf = ({ track, to_track: to, picks = [], parts = [] }) =>
  [track, to, ...picks.map(([row]) => row), ...parts.map((part) => part.track)].filter((row) => row !== undefined);

/** The edit as it is to be made on `now`, having been made up on `old`; null when they contradict each other. */
export function rebased(wish, old, now) {
  if (wish.verb === "set_film") return Object.keys(wish.fields).every((field) => same(old[field], now[field])) ? wish : null;
  const rows = rowsOf(wish);
  if (rows.length && rows.every((row) => same(old.tracks[row], now.tracks[row]))) return wish;
  if (!ALONE.has(wish.verb)) return null;
  const item = old.tracks[wish.track]?.items[wish.at], places = (now.tracks[wish.track]?.items ?? []).flatMap((one, n) => (same(one, item) ? [n] : []));
  if (places.includes(wish.at)) return wish;
  return places.length === 1 ? { ...wish, at: places[0] } : null;
}
