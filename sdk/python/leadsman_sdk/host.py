"""What a plugin may ask of the host. In the sandbox that is the host; in tests it is the harness."""

from types import SimpleNamespace
from typing import Any


def _nobody(*_arguments: object) -> Any:
    raise RuntimeError("nobody is there to answer: call the plugin through `leadsman_sdk.harness`")


lists: Any = SimpleNamespace(contains=_nobody, find=_nobody)
calendar: Any = SimpleNamespace(add_working_ms=_nobody, working_ms_between=_nobody, next_opening=_nobody)


def install(new_lists: Any, new_calendar: Any) -> None:
    """Puts somebody there: the interfaces `lists` and `calendar` of the contracts."""
    global lists, calendar
    lists, calendar = new_lists, new_calendar
