/* The one set of icons: 24-unit outlines, drawn with the colour of the words beside them. */

const paths = {
  undo: "M9 14 4 9l5-5 M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5 M20 9H10a6 6 0 0 0 0 12h3",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z M12 2v2 M12 20v2 M4.9 4.9l1.4 1.4 M17.7 17.7l1.4 1.4 M2 12h2 M20 12h2 M4.9 19.1l1.4-1.4 M17.7 6.3l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 1 1 9.5 4a6.8 6.8 0 0 0 10.5 10.5Z",
  close: "M6 6l12 12 M18 6 6 18",
  stop: "M7 7h10v10H7z",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M9 5v14 M15 5v14",
  plus: "M12 5v14 M5 12h14",
  minus: "M5 12h14",
  check: "m5 12.5 4.5 4.5L19 7.5",
  star: "m12 4 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  tag: "M4 4h8l8 8-8 8-8-8z M8.5 8.5h.01",
  download: "M12 4v11 M7.5 11 12 15.5 16.5 11 M5 20h14",
  upload: "M12 16V5 M7.5 9.5 12 5l4.5 4.5 M5 20h14",
  timeline: "M4 6h9 M4 12h16 M9 18h11 M16 6h4 M4 18h2",
  film: "M4 5h16v14H4z M8 5v14 M16 5v14 M4 9.5h4 M4 14.5h4 M16 9.5h4 M16 14.5h4",
  image: "M4 5h16v14H4z M4 16l4.5-4.5 4 4 3-3L20 17 M15.5 9h.01",
  music: "M9 18V6l10-2v12 M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  sound: "M4 10v4 M8 7v10 M12 4v16 M16 8v8 M20 10.5v3",
  speech: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3Z M6 11.5a6 6 0 0 0 12 0 M12 17.5V21",
  captions: "M4 6h16v12H4z M7.5 14h4 M14 14h2.5 M7.5 11h2 M12 11h4.5",
  video: "M4 6h10.500v12H4z M14.500 10.500 20 7.500v9l-5.500-3",
  audio: "M4 10v4 M8 7v10 M12 4v16 M16 8v8 M20 10.5v3",
  midi: "M4 6h16v12H4z M9 6v8 M15 6v8 M9 14v4 M15 14v4",
  project: "M4 7h6l2 2h8v10H4z",
  variation: "M4 8h3c5 0 5 8 10 8h3 M17.5 13.5 20 16l-2.5 2.5 M4 16h3c1.6 0 2.7-.8 3.6-1.9 M13.4 9.9C14.300 8.800 15.400 8 17 8h3 M17.5 5.500 20 8l-2.500 2.500",
  animate: "M4 6h10v12H4z M14 10l6-3v10l-6-3",
  start: "M5 5v14 M9 12h10 M15 8l4 4-4 4",
  lastframe: "M19 5v14 M5 12h10 M11 8l4 4-4 4",
  reuse: "M20 11a8 8 0 1 0-2 6 M20 5v6h-6",
  dice: "M5 5h14v14H5z M9 9h.01 M15 15h.01 M15 9h.01 M9 15h.01 M12 12h.01",
  history: "M4 12a8 8 0 1 0 2.5-5.800L4 8.500 M4 4v4.500h4.500 M12 8v4.500l3 2",
  retry: "M20 11a8 8 0 1 0-2 6 M20 5v6h-6",
  warn: "M12 4 2.800 19.500h18.400z M12 10v4.500 M12 17.300h.01",
  info: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17Z M12 11v5 M12 8h.01",
  copy: "M9 9h11v11H9z M5 15H4V4h11v1",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z M15.500 15.500 20 20",
  more: "M6 12h.01 M12 12h.01 M18 12h.01",
  trash: "M5 7h14 M10 7V4.500h4V7 M7 7l1 13h8l1-13 M10.500 11v5.500 M13.500 11v5.500",
  queue: "M4 6h16 M4 12h10 M4 18h10 M18 12v6 M15 15h6",
  scissors: "M6.500 9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z M6.500 20a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z M20 5 8.500 16 M20 19 8.500 8",
  lock: "M6 11h12v9H6z M9 11V8a3 3 0 0 1 6 0v3",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z M12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z",
  up: "M12 19V5 M6 11l6-6 6 6",
  down: "M12 5v14 M6 13l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  chevron: "m6 9 6 6 6-6",
  chip: "M7 7h10v10H7z M10 3.500V7 M14 3.500V7 M10 17v3.500 M14 17v3.500 M3.500 10H7 M3.500 14H7 M17 10h3.500 M17 14h3.500",
  title: "M5 6.500V5h14v1.500 M12 5v14 M9.500 19h5",
  join: "M4 6v12h5l6-12h5v12h-5L9 6z",
  lift: "M12 14V4 M8 8l4-4 4 4 M4 14v5h3 M20 14v5h-3 M10.500 19h3",
  magnet: "M6 4v8a6 6 0 0 0 12 0V4h-4v8a2 2 0 0 1-4 0V4z M6 8h4 M14 8h4",
  fit: "M4 12h16 M7.500 8.500 4 12l3.500 3.500 M16.500 8.500 20 12l-3.500 3.500",
  keyboard: "M3.500 6.500h17v11h-17z M7 10h.01 M10.300 10h.01 M13.700 10h.01 M17 10h.01 M8 14h8",
  full: "M4 9V4h5 M20 9V4h-5 M4 15v5h5 M20 15v5h-5",
  tostart: "M6 5v14 M18 6l-8 6 8 6z",
  toend: "M18 5v14 M6 6l8 6-8 6z",
  duck: "M4 7h4c3 0 2 9 4 9s1-9 4-9h4 M9 20h6",
};

/** An icon as an SVG element; decoration only, so the button that holds it must carry the words. */
export function icon(name, size = 18) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.5,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: `icon icon-${name}`,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", paths[name] ?? paths.info);
  svg.append(path);
  return svg;
}
