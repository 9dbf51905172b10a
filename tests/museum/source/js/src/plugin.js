/** Tells everything that it is shown, and answers in every way that the contracts have: whichever the lead asks for. */
import {
  Assessment, Deed, Failure, NextSteps, Plugin, Problem, Problems, Proposal, Reason, Rule, Timestamp, Verdict,
  attribute, calendar, lists, numbers,
} from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

const HOUR_MS = 3_600_000;

const CHOICES = {
  pool: () => Proposal.pool("other"),
  rep: ([first]) => Proposal.rep(first.rep),
  narrow: (candidates) => Proposal.narrow(candidates.map(({ rep }) => rep)),
  hold: (_, opening) => Proposal.holdUntil(opening),
  nurture: () => Proposal.nurture(),
};

const DEEDS = {
  remind: Deed.remind("Call it."),
  escalate: Deed.escalate("Nobody calls."),
  recycle: Deed.recycle(),
  "recycle-to": Deed.recycle("other"),
  advance: Deed.advance("sql"),
  route: Deed.route(),
  send: Deed.send("welcome"),
  spawn: Deed.spawn("abroad", "other"),
};

export default class Piece extends Plugin {
  static schema = schema;
  static facts = {
    ask: attribute.text("ask").optional(),
    size: attribute.number("size").optional(),
    agreed: attribute.flag("agreed").optional(),
    since: attribute.time("since").optional(),
    tags: attribute.texts("tags").optional(),
  };
  static repFacts = {
    languages: attribute.texts("languages").optional(),
    quota: attribute.number("quota").optional(),
  };

  configure() {
    if (this.config.hours > 99) throw new Problems([new Problem("/hours", "must be at most 99")]);
  }

  needs() {
    const rules = [new Rule("size", "fit", "Its size.")];
    return { allTexts: true, activities: ["call.done", "email.*"], lists: ["named", "words"], rules };
  }

  screen(lead) {
    const ask = asked(lead);
    const where = { attribute: "ask", evidence: ask };
    if (ask === "flag") return Verdict.accept().flag("asked", told(lead), where);
    if (ask === "reject") return Verdict.accept().reject("asked", told(lead), where);
    return Verdict.accept();
  }

  score({ lead, activities, now }) {
    asked(lead);
    const sum = new Assessment().declared("size", lead.facts.size ?? 0, `${told(lead)} at ${now.millis}`);
    for (const { kind, at, quantity } of activities) sum.engagement(kind, quantity, `${kind} at ${at.millis}.`);
    for (const { name, text } of lead.texts) {
      if (lists.contains("named", text)) sum.fit("named", -1.5, `${name} is named.`);
      for (const { entry, start, end } of lists.find("words", text)) {
        sum.engagement("word", 0.001, `${name} says ${text.slice(start, end)}: ${entry}.`);
      }
    }
    return sum;
  }

  route(request) {
    const { question, lead, standing, pool = "none", pools, candidates, acquaintances, now } = request;
    const opening = calendar.nextOpening(this.config.calendar, now.plusMillis(12 * HOUR_MS));
    const proposal = (CHOICES[asked(lead)] ?? Proposal.pass)(candidates, opening);
    for (const { rep, teams, weight, load, cap = "none", facts } of candidates) {
      const own = `${shown(facts.languages)}, ${shown(facts.quota)}`;
      proposal.ranked(rep, `${teams.join("+")}, weight ${weight}, load ${load}, cap ${cap}: ${own}`);
    }
    for (const { rep, relation, since } of acquaintances) proposal.passedOver(rep, relation, `since ${since.millis}`);
    const waiting = pools.map(({ id, waiting }) => `${id} ${waiting}`).join("+");
    const message = `${question} for ${pool} of ${waiting} at ${now.millis}: ${graded(standing)}; ${told(lead)}`;
    return proposal.counter("turns", request.counter("turns") + 1).because("asked", message, "ask");
  }

  review(matter) {
    const { lead, activities, standing, stage, stageSince, pool = "none", owner = "none", nurtured, since, done, now } =
      matter;
    const ask = asked(lead);
    const steps = NextSteps.nothing();
    const key = `${ask}/${since.millis}`;
    if (ask in DEEDS && !matter.isDone(key)) {
      const did = activities.map(({ kind, quantity }) => `${kind} ${numbers.format(quantity)}`).join("+");
      const where = `pool ${pool}, owner ${owner}, nurtured ${nurtured}, done ${done.join("+")}, ${did}`;
      const message = `${stage} since ${stageSince.millis}, ${where}; ${graded(standing)}; ${told(lead)}`;
      steps.act(key, DEEDS[ask], new Reason("asked", message).about("ask"));
    }
    const worked = calendar.workingMsBetween(this.config.calendar, since, now);
    const later = calendar.addWorkingMs(this.config.calendar, now, this.config.hours * HOUR_MS);
    return steps.deadline("later", later, `after ${worked} ms of work`);
  }

  credit({ id, scenario, at, leadCreated, dealCreated }, touches) {
    if (scenario === "unknown") throw Failure.internal(`${id} of ${scenario}`);
    const extra = (leadCreated === undefined ? 0 : 0.25) + (dealCreated === undefined ? 0 : 0.5);
    return touches.map((touch) => {
      const hours = at.millisSince(touch.at) / HOUR_MS;
      return hours + touch.channel.length + 10 * (touch.campaign ?? "").length + extra;
    });
  }
}

/** What the lead asks for. */
function asked(lead) {
  const { ask = "nothing" } = lead.facts;
  if (ask === "bad-input") throw Failure.badInput(told(lead));
  if (ask === "internal") throw Failure.internal(told(lead));
  return ask;
}

/** All that is seen of a lead. */
function told({ id, received, facts, texts }) {
  const values = Object.values(facts).map(shown).join(", ");
  return `${id} of ${received.millis}: ${values}; ${texts.map(({ name, text }) => `${name}=${text}`).join(", ")}`;
}

function shown(value) {
  if (value === undefined) return "none";
  if (typeof value === "number") return numbers.format(value);
  if (value instanceof Timestamp) return `${value.millis}`;
  return Array.isArray(value) ? value.join("+") : `${value}`;
}

function graded({ score, fit, engagement, grade, mature }) {
  const sum = `${numbers.format(score)} = ${numbers.format(fit)} + ${numbers.format(engagement)}`;
  return `${sum}, ${grade}, mature ${mature}`;
}
