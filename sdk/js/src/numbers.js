/** What the languages of the SDKs do differently with numbers, decided once. */

/** The nearest whole number; of two that are as near, the one farther from zero. */
export function round(number) {
  const rounded = Math.round(Math.abs(number));
  return number < 0 && rounded !== 0 ? -rounded : rounded;
}

/**
 * A number as text: the shortest digits that stand for it, without exponent, without a fraction of zero and
 * without a sign of zero: `250`, `0.1`, `1000000000000000000000`.
 */
export function format(number) {
  const [digits, exponent] = String(Math.abs(number)).split("e");
  const sign = number < 0 ? "-" : "";
  if (exponent === undefined) return sign + digits;
  const [whole, fraction = ""] = digits.split(".");
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${all}`;
  return sign + all.padEnd(point, "0");
}
