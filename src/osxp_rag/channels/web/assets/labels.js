// Names beside the dots of a map, where they fit: one that would cover another, or a dot, is left out.

const LETTER = 6.6; // pixels, on average, at the size of the map's labels
const HEIGHT = 14;
const GAP = 13; // from a dot's centre
const LONGEST = 26;

/** Return what a document goes by: its title up to the first comma or colon, cut where that is long. */
export function shortName(title) {
  const name = title.split(/[,:(]/)[0].trim() || title;
  const points = Array.from(name);
  return points.length <= LONGEST ? name : `${points.slice(0, LONGEST - 1).join("").trimEnd()}…`;
}

/** Return, for each point (`{x, y, name}`), where its name goes: `{x, y, anchor}`, or null where there is no room. */
export function placeLabels(points, width) {
  const taken = points.map(({ x, y }) => ({ left: x - 9, right: x + 9, top: y - 9, bottom: y + 9 }));
  return points.map((point, own) => {
    for (const choice of choices(point)) {
      const { box } = choice;
      const free = box.left >= 0 && box.right <= width && taken.every((other, place) => place === own || apart(box, other));
      if (!free) continue;
      taken.push(box);
      return choice;
    }
    return null;
  });
}

function choices({ x, y, name }) {
  const long = Array.from(name).length * LETTER;
  const at = (left, middle, anchor, place) => ({ x: place, y: middle + 4, anchor, box: { left, right: left + long, top: middle - HEIGHT / 2, bottom: middle + HEIGHT / 2 } });
  return [
    at(x + GAP, y, "start", x + GAP),
    at(x - GAP - long, y, "end", x - GAP),
    at(x - long / 2, y + GAP + 5, "middle", x),
    at(x - long / 2, y - GAP - 5, "middle", x),
  ];
}

const apart = (one, two) => one.right < two.left || two.right < one.left || one.bottom < two.top || two.bottom < one.top;
