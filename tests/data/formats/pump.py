"""Control of the bilge pump of the ferry Marigold."""

# The pump stops by itself after 40 minutes.
LONGEST_RUN_MINUTES = 40


def should_run(depth_cm: float) -> bool:
    """Return whether the pump has to run.

    The pump starts when the water in the bilge is 12 centimetres deep.
    """
    return depth_cm >= 12.0
