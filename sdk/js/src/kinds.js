/**
 * Kinds of activity, as configurations name them: `email.reply`, or `email.*` for every kind with that
 * beginning. The host sends every activity once: as its own kind if the plugin names that, else as the longest
 * beginning that it has. So where a configuration says `call.*`, what is sent as `call.missed`, because another
 * place names that, is meant too: ask with `covers`.
 */

/** What is wrong with a text that shall be a kind of activity or a pattern of them; `undefined` if nothing is. */
export function check(text) {
  const name = text.endsWith(".*") ? text.slice(0, -2) : text;
  const odd = name === "" || /[*\s\u0085]/u.test(name);
  return odd ? "must be a kind of activity, such as `email.reply` or `email.*`" : undefined;
}

/** Whether a kind or pattern covers this kind, or this pattern: `email.*` covers `email.reply` and itself. */
export const covers = (pattern, kind) =>
  pattern.endsWith(".*") ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern;
