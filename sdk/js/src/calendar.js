/**
 * The working calendars of the tenant's policy: hours, holidays and time zone. A calendar that the policy does
 * not have is open all the time.
 */
import { host } from "./host.js";
import { Timestamp } from "./timestamp.js";

/** The moment at which this much working time has passed since a moment. */
export const addWorkingMs = (calendar, since, workingMs) =>
  new Timestamp(host.calendar.addWorkingMs(calendar, since.millis, workingMs));

/** How much working time lies between two moments, in milliseconds; zero if the second is not later. */
export const workingMsBetween = (calendar, since, until) =>
  host.calendar.workingMsBetween(calendar, since.millis, until.millis);

/** The moment itself if the calendar is open then, else the next moment at which it opens. */
export const nextOpening = (calendar, at) => new Timestamp(host.calendar.nextOpening(calendar, at.millis));
