/**
 * Comparing texts as people do: white space at the ends and case do not matter. White space is what Unicode
 * calls so, which is neither JavaScript's nor Python's idea of it; lower case is Unicode's full mapping.
 */
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "gu");

/** The text without white space at its ends. */
export const trim = (text) => text.replace(ENDS, "");

/** Folds a text for comparison: no white space at the ends, lower case. */
export const fold = (text) => trim(text).toLowerCase();

/** Whether a text, folded, is this folded pattern. */
export const equals = (text, folded) => fold(text) === folded;

/** Whether a text, folded, begins with this folded pattern. */
export const startsWith = (text, folded) => fold(text).startsWith(folded);

/** Whether a text, folded, ends with this folded pattern. */
export const endsWith = (text, folded) => fold(text).endsWith(folded);

/** Whether this folded pattern occurs in a text, folded. */
export const contains = (text, folded) => fold(text).includes(folded);

/** How many characters (Unicode code points) a text has. */
export const length = (text) => [...text].length;

/** Orders texts by their characters (Unicode code points), for `sort`; plain `<` goes by UTF-16. */
export function compare(one, other) {
  const [left, right] = [[...one], [...other]];
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const difference = left[place].codePointAt(0) - right[place].codePointAt(0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
