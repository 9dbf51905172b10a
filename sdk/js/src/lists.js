/**
 * The lists of the tenant's policy: blocked numbers, sensitive words, named accounts. They stay in the host's
 * memory. Entries and questions are folded alike: NFKC, case and white space do not matter. Name each list in
 * `Plugin.lists` or `needs`; a list that the policy does not have is empty.
 */
import { host } from "./host.js";

/** Whether the list has this entry as a whole. */
export const contains = (list, entry) => host.lists.contains(list, entry);

/**
 * The entries of the list that occur in the text, leftmost first and without overlap, at most 32: each with its
 * `entry` and the places `start` and `end`, so that `text.slice(start, end)` is what was found.
 */
export function find(list, text) {
  const places = placesOf(text);
  const hits = host.lists.find(list, text);
  return hits.map(({ entry, start, end }) => ({ entry, start: places.get(start), end: places.get(end) }));
}

/** From places in UTF-8, which the host counts, to places in the text, where characters begin. */
function placesOf(text) {
  const places = new Map();
  let [bytes, units] = [0, 0];
  for (const character of text) {
    places.set(bytes, units);
    const code = character.codePointAt(0);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  return places.set(bytes, units);
}
