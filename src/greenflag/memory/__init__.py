"""What is remembered: numbers and study days, no clock and no store."""

import os

# The planner's matrices are small: several threads would wait for one another, four times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
