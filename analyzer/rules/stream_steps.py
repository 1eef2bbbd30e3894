"""The steps that stanzas show."""

from ..model.session import StepName

LOGIN = (
    StepName.OPEN,
    StepName.AUTH,
    StepName.BIND,
    StepName.SESSION,
    StepName.PRESENCE,
)
"""What every login takes."""

STREAM = (*LOGIN, StepName.PUBSUB, StepName.LIVE)
"""With what comes behind it."""
