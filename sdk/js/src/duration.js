/** Durations as people write them in configurations, such as `90m`, `24h` or `15d`. */

/** A minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** An hour in milliseconds. */
export const HOUR_MS = 60 * MINUTE_MS;
/** A day of 24 hours in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;
/** The longest duration: a hundred years. */
const LONGEST_MS = 36_500 * DAY_MS;
const UNITS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The JSON Schema of a duration. */
export const SCHEMA = {
  type: "string",
  pattern: "^[0-9]+[mhd]$",
  description: "A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`.",
};

/**
 * The milliseconds: from a minute up to a hundred years.
 *
 * @throws {RangeError} what is wrong with the text, for the people who wrote it
 */
export function millis(text) {
  const parts = /^([0-9]+)([mhd])$/.exec(text);
  if (parts === null) throw new RangeError("must be a duration such as `90m`, `24h` or `15d`");
  const length = Number(parts[1]) * UNITS[parts[2]];
  if (length === 0) throw new RangeError("must be at least `1m`");
  if (length > LONGEST_MS) throw new RangeError("must be at most `36500d`");
  return length;
}
