"""What can go wrong in words a person can act on: each fault says what happened, and what to do about it."""

from __future__ import annotations

import re


class Fault(Exception):
    """Something the person who asked can put right. The doors answer it; nobody else needs to catch it."""

    def __init__(self, message: str, advice: str = ""):
        super().__init__(message)
        self.message, self.advice = message, advice

    @property
    def type(self) -> str:
        """The class's name as clients see it: `UnknownModel` is `unknown_model`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.__class__.__name__).lower()


class Unknown(Fault):
    """Asked for by a name that nobody has."""


class Gone(Fault):
    """It was here, and is in the trash."""


class Invalid(Fault):
    """What was sent cannot be done as it stands."""


class Conflict(Fault):
    """It does not go with how things are now."""


class Stale(Fault):
    """Someone else saved first."""


class Unsupported(Fault):
    """A file of a kind, or with insides, that the studio does not read."""


class TooLarge(Fault):
    """More bytes, pixels or seconds than the studio takes at once."""


class Unavailable(Fault):
    """A model that cannot run here yet: weights, a package, a device or a server is missing."""


class DiskFull(Fault):
    """No room is left for what was asked."""


class TooMany(Fault):
    """More of it at once than one person may have; later it will do."""

    wait_s = 30


class OutOfMemory(Fault):
    """The device ran out of memory."""


class DeviceBroken(Fault):
    """The device, or its driver, no longer answers this process."""


class BrokenWeights(Fault):
    """A checkpoint that cannot be loaded: a file is missing, damaged, or of another network."""


def ran_out(error: BaseException) -> bool:
    """Whether this is a device, or the machine, saying in any of its ways that its memory is full."""
    if isinstance(error, MemoryError | OutOfMemory) or type(error).__name__ == "OutOfMemoryError":
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        words in said for words in ("out of memory", "alloc_failed", "not enough memory", "can't allocate memory")
    )


def broke_device(error: BaseException) -> bool:
    """Whether nothing more can be computed in this process: CUDA repeats such an error at every later call."""
    if ran_out(error):
        return False
    said = str(error)
    return type(error).__name__ == "AcceleratorError" or (
        isinstance(error, RuntimeError)
        and any(words in said for words in ("CUDA error", "cuDNN error: CUDNN_STATUS_EXECUTION", "HIP error"))
    )


class Cancelled(Exception):
    """Raised out of `Context.progress` once the job has been asked to stop."""
