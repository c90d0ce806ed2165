"""Names for the arrays that every package passes around; shapes are said where they are used."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
Keys = npt.NDArray[np.uint64]
Dates = npt.NDArray[np.datetime64]
