/**
 * Write plugins for Leadsman, the rules engine for sales leads: what authors import.
 *
 * A plugin is a class that extends {@link Plugin} and has the methods of the stages that it serves: `screen`,
 * `score`, `route`, `review` and `credit`.
 */
export { Failure, Problem, Problems, Reason } from "./answers.js";
export * as attribute from "./attribute.js";
export * as calendar from "./calendar.js";
export * as duration from "./duration.js";
export * as kinds from "./kinds.js";
export * as lists from "./lists.js";
export * as numbers from "./numbers.js";
export * as text from "./text.js";
export { Plugin } from "./plugin.js";
export { Deed, NextSteps } from "./follow-up.js";
export { Proposal } from "./routing.js";
export { Assessment, Rule } from "./scoring.js";
export { Finding, Verdict } from "./screening.js";
export { Timestamp } from "./timestamp.js";
