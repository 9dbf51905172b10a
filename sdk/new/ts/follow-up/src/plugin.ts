/** Takes a lead back from an owner who does not call it in time, and reminds the owner before. */
import { Deed, NextSteps, Plugin, Problem, Problems, Reason, duration, type Matter } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class FirstCall extends Plugin<{ within: string; remind: string }> {
  static override schema = schema;
  withinMs = 0;
  remindMs = 0;

  override configure() {
    this.withinMs = this.millis("within");
    this.remindMs = this.millis("remind");
  }

  millis(key: "within" | "remind"): number {
    try {
      return duration.millis(this.config[key]);
    } catch (error) {
      throw new Problems([new Problem(`/${key}`, (error as Error).message)]);
    }
  }

  override needs() {
    return { activities: ["call.done"] };
  }

  review({ owner, activities, since, now }: Matter): NextSteps {
    if (owner === undefined || activities.some(({ at }) => at >= since)) return NextSteps.nothing();
    // Keys name the occasion, so that another owner is reminded anew.
    const occasion = since.millis;
    const deadline = since.plusMillis(this.withinMs);
    const reminder = deadline.plusMillis(-this.remindMs);
    const steps = NextSteps.nothing();
    if (now >= deadline) {
      const reason = new Reason("not-called", "Nobody called the lead in time.");
      return steps.act(`recycle/${occasion}`, Deed.recycle(), reason);
    }
    if (now >= reminder) {
      const reason = new Reason("call-soon", "The time for the first call is nearly up.");
      const text = "Call this lead now, or somebody else will get it.";
      return steps.act(`remind/${occasion}`, Deed.remind(text), reason)
        .deadline("first-call", deadline, "back to the pool");
    }
    return steps.deadline("first-call", deadline, "back to the pool").lookAgain(reminder);
  }
}
