"""The standard normal distribution over arrays: cumulative probability and quantile.

Accurate to about 1e-15 (checked against the standard library). Not here: which task is normal of what.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

_SQRT_TWO_PI = 2.506628274631000502

# Hart (1968), algorithm 5666, as given by West, "Better approximations to cumulative normal functions" (2005).
_HART_ABOVE = (
    3.52624965998911e-02,
    0.700383064443688,
    6.37396220353165,
    33.912866078383,
    112.079291497871,
    221.213596169931,
    220.206867912376,
)
_HART_BELOW = (
    8.83883476483184e-02,
    1.75566716318264,
    16.064177579207,
    86.7807322029461,
    296.564248779674,
    637.333633378831,
    793.826512519948,
    440.413735824752,
)

# Wichura (1988), algorithm AS 241 (PPND16); highest power first.
_CENTRE_ABOVE = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRE_BELOW = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_MIDDLE_ABOVE = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_MIDDLE_BELOW = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_FAR_ABOVE = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_FAR_BELOW = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


def normal_probability(z: Reals) -> Reals:
    """The probability of a standard normal value at or below z."""
    size = np.minimum(np.abs(z), 37.0)
    decay = np.exp(-size * size / 2)
    near = decay * _polynomial(_HART_ABOVE, size) / _polynomial(_HART_BELOW, size)
    far = decay / (size + 1 / (size + 2 / (size + 3 / (size + 4 / (size + 0.65))))) / _SQRT_TWO_PI
    tail = np.where(size < 7.07106781186547, near, far)
    return np.where(z > 0, 1 - tail, tail)


def normal_quantile(probability: Reals) -> Reals:
    """The standard normal value with that probability below it; 0 < probability < 1."""
    offset = probability - 0.5
    square = 0.180625 - offset * offset
    centre = offset * _polynomial(_CENTRE_ABOVE, square) / _polynomial(_CENTRE_BELOW, square)
    root = np.sqrt(-np.log(np.minimum(probability, 1 - probability)))
    middle = _polynomial(_MIDDLE_ABOVE, root - 1.6) / _polynomial(_MIDDLE_BELOW, root - 1.6)
    far = _polynomial(_FAR_ABOVE, root - 5) / _polynomial(_FAR_BELOW, root - 5)
    tail = np.where(root <= 5, middle, far)
    return np.where(np.abs(offset) <= 0.425, centre, np.where(offset < 0, -tail, tail))


def _polynomial(coefficients: tuple[float, ...], x: Reals) -> Reals:
    value: Reals = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + coefficient
    return value
