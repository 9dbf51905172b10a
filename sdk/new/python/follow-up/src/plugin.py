"""Takes a lead back from an owner who does not call it in time, and reminds the owner before."""

from leadsman_sdk import (
    Deed, Matter, Needs, NextSteps, Plugin, Problem, Problems, Reason, duration, schema_beside,
)  # fmt: skip


class FirstCall(Plugin):
    schema = schema_beside(__file__)

    def configure(self) -> None:
        self.within_ms = self._millis("within")
        self.remind_ms = self._millis("remind")

    def _millis(self, key: str) -> int:
        try:
            return duration.millis(self.config[key])
        except ValueError as error:
            raise Problems([Problem(f"/{key}", str(error))]) from error

    def needs(self) -> Needs:
        return Needs(activities=["call.done"])

    def review(self, matter: Matter) -> NextSteps:
        if matter.owner is None or any(call.at >= matter.since for call in matter.activities):
            return NextSteps.nothing()
        # Keys name the occasion, so that another owner is reminded anew.
        occasion = matter.since.millis
        deadline = matter.since.plus_millis(self.within_ms)
        reminder = deadline.plus_millis(-self.remind_ms)
        steps = NextSteps.nothing()
        if matter.now >= deadline:
            reason = Reason("not-called", "Nobody called the lead in time.")
            return steps.act(f"recycle/{occasion}", Deed.recycle(), reason)
        if matter.now >= reminder:
            reason = Reason("call-soon", "The time for the first call is nearly up.")
            text = "Call this lead now, or somebody else will get it."
            steps = steps.act(f"remind/{occasion}", Deed.remind(text), reason)
            return steps.deadline("first-call", deadline, "back to the pool")
        return steps.deadline("first-call", deadline, "back to the pool").look_again(reminder)
