/** Moments, as the host gives them. */
import { DAY_MS } from "./duration.js";
import { round } from "./numbers.js";

/** A moment: milliseconds since 1970-01-01T00:00:00Z. Compare moments with `<` and the like. */
export class Timestamp {
  constructor(millis) {
    this.millis = millis;
  }

  /** For comparisons. */
  valueOf() {
    return this.millis;
  }

  /** Milliseconds from `earlier` to this moment; negative if `earlier` is later. */
  millisSince(earlier) {
    return this.millis - earlier.millis;
  }

  /** Days of 24 hours from `earlier` to this moment, with fractions. */
  daysSince(earlier) {
    return this.millisSince(earlier) / DAY_MS;
  }

  /** The moment this many milliseconds later. */
  plusMillis(millis) {
    return new Timestamp(this.millis + millis);
  }

  /** The moment this many days of 24 hours later, to the millisecond. */
  plusDays(days) {
    return this.plusMillis(round(days * DAY_MS));
  }
}
