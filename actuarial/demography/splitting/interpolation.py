"""Rows of groups of ages made rows of single ages, on plain arrays."""

import numpy as np

from actuarial.errors import BadInput

SPRAGUE_FIRST = np.array(
    [
        [0.3616, -0.2768, 0.1488, -0.0336],
        [0.2640, -0.0960, 0.0400, -0.0080],
        [0.1840, 0.0400, -0.0320, 0.0080],
        [0.1200, 0.1360, -0.0720, 0.0160],
        [0.0704, 0.1968, -0.0848, 0.0176],
    ]
)
SPRAGUE_SECOND = np.array(
    [
        [0.0336, 0.2272, -0.0752, 0.0144],
        [0.0080, 0.2320, -0.0480, 0.0080],
        [-0.0080, 0.2160, -0.0080, 0.0000],
        [-0.0160, 0.1840, 0.0400, -0.0080],
        [-0.0176, 0.1408, 0.0912, -0.0144],
    ]
)
SPRAGUE_MIDDLE = np.array(
    [
        [-0.0128, 0.0848, 0.1504, -0.0240, 0.0016],
        [-0.0016, 0.0144, 0.2224, -0.0416, 0.0064],
        [0.0064, -0.0336, 0.2544, -0.0336, 0.0064],
        [0.0064, -0.0416, 0.2224, 0.0144, -0.0016],
        [0.0016, -0.0240, 0.1504, 0.0848, -0.0128],
    ]
)

BEERS_FIRST = np.array(
    [
        [0.3333, -0.1636, -0.0210, 0.0796, -0.0283],
        [0.2595, -0.0780, 0.0130, 0.0100, -0.0045],
        [0.1924, 0.0064, 0.0184, -0.0256, 0.0084],
        [0.1329, 0.0844, 0.0054, -0.0356, 0.0129],
        [0.0819, 0.1508, -0.0158, -0.0284, 0.0115],
    ]
)
BEERS_SECOND = np.array(
    [
        [0.0404, 0.2000, -0.0344, -0.0128, 0.0068],
        [0.0093, 0.2268, -0.0402, 0.0028, 0.0013],
        [-0.0108, 0.2272, -0.0248, 0.0112, -0.0028],
        [-0.0198, 0.1992, 0.0172, 0.0072, -0.0038],
        [-0.0191, 0.1468, 0.0822, -0.0084, -0.0015],
    ]
)
BEERS_MIDDLE = np.array(
    [
        [-0.0117, 0.0804, 0.1570, -0.0284, 0.0027],
        [-0.0020, 0.0160, 0.2200, -0.0400, 0.0060],
        [0.0050, -0.0280, 0.2460, -0.0280, 0.0050],
        [0.0060, -0.0400, 0.2200, 0.0160, -0.0020],
        [0.0027, -0.0284, 0.1570, 0.0804, -0.0117],
    ]
)

BEERS_MODIFIED_FIRST = np.array(
    [
        [0.3332, -0.1938, 0.0702, -0.0118, 0.0022],
        [0.2569, -0.0753, 0.0205, -0.0027, 0.0006],
        [0.1903, 0.0216, -0.0146, 0.0032, -0.0005],
        [0.1334, 0.0969, -0.0351, 0.0059, -0.0011],
        [0.0862, 0.1506, -0.0410, 0.0054, -0.0012],
    ]
)
BEERS_MODIFIED_SECOND = np.array(
    [
        [0.0486, 0.1831, -0.0329, 0.0021, -0.0009],
        [0.0203, 0.1955, -0.0123, -0.0031, -0.0004],
        [0.0008, 0.1893, 0.0193, -0.0097, 0.0003],
        [-0.0108, 0.1677, 0.0577, -0.0153, 0.0007],
        [-0.0159, 0.1354, 0.0972, -0.0170, 0.0003],
    ]
)
BEERS_MODIFIED_MIDDLE = np.array(
    [
        [-0.0160, 0.0973, 0.1321, -0.0121, -0.0013],
        [-0.0129, 0.0590, 0.1564, 0.0018, -0.0043],
        [-0.0085, 0.0260, 0.1650, 0.0260, -0.0085],
        [-0.0043, 0.0018, 0.1564, 0.0590, -0.0129],
        [-0.0013, -0.0121, 0.1321, 0.0973, -0.0160],
    ]
)


def uniform(counts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Equal parts of (row, group)."""
    width = np.diff(bounds)
    return np.repeat(counts / width, width, axis=1)


def sprague(counts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Sprague's multipliers on (row, group)."""
    return counts @ multipliers(bounds, "Sprague", SPRAGUE_FIRST, SPRAGUE_SECOND, SPRAGUE_MIDDLE).T


def beers(counts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The multipliers of Beers' ordinary formula on (row, group)."""
    return counts @ multipliers(bounds, "Beers", BEERS_FIRST, BEERS_SECOND, BEERS_MIDDLE).T


def beers_modified(counts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """The multipliers of Beers' modified formula on (row, group), which keep the total of all groups only."""
    parts = BEERS_MODIFIED_FIRST, BEERS_MODIFIED_SECOND, BEERS_MODIFIED_MIDDLE
    return counts @ multipliers(bounds, "Beers", *parts).T


def multipliers(
    bounds: np.ndarray, author: str, first: np.ndarray, second: np.ndarray, middle: np.ndarray
) -> np.ndarray:
    """Multipliers of (single age, group); the first two and the last two groups have their own."""
    if (np.diff(bounds) != 5).any() or bounds.size < 6:
        raise BadInput(
            f"method: {author}'s formula needs five or more closed groups of five years each. Add ages 0 and 1-4 to "
            '0-4, or take method="pchip".'
        )
    groups, wide = bounds.size - 1, first.shape[1]
    matrix = np.zeros((5 * groups, groups))
    matrix[:5, :wide], matrix[5:10, :wide] = first, second
    for group in range(2, groups - 2):
        matrix[5 * group : 5 * group + 5, group - 2 : group + 3] = middle
    matrix[-5:, -wide:], matrix[-10:-5, -wide:] = first[::-1, ::-1], second[::-1, ::-1]
    return matrix


def pchip(counts: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Monotone cubics through the cumulated counts of (row, group), each measured from the start of its group."""
    width = np.diff(bounds)
    slopes = _slopes(counts / width, width.astype(float))
    parts = []
    for group, years in enumerate(width):
        t = np.arange(years + 1) / years
        rise = counts[:, group, None] * (3 * t**2 - 2 * t**3)
        ends = slopes[:, group, None] * (t**3 - 2 * t**2 + t) + slopes[:, group + 1, None] * (t**3 - t**2)
        parts.append(np.diff(rise + years * ends, axis=1))
    return np.concatenate(parts, axis=1)


def _slopes(density: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Slopes at the bounds: weighted harmonic means of the densities beside, 0 where these differ in sign."""
    slopes = np.zeros((density.shape[0], density.shape[1] + 1))
    if density.shape[1] == 1:
        return slopes + density
    before, after, w0, w1 = density[:, :-1], density[:, 1:], width[:-1], width[1:]
    same = (np.sign(before) == np.sign(after)) & (before != 0)
    left, right = np.where(same, before, 1.0), np.where(same, after, 1.0)
    mean = 3 * (w0 + w1) * left * (right / ((2 * w1 + w0) * right + (w1 + 2 * w0) * left))
    slopes[:, 1:-1] = np.where(same, mean, 0.0)
    slopes[:, 0] = _end_slope(density[:, 0], density[:, 1], width[0], width[1])
    slopes[:, -1] = _end_slope(density[:, -1], density[:, -2], width[-1], width[-2])
    return slopes


def _end_slope(near: np.ndarray, far: np.ndarray, w0: float, w1: float) -> np.ndarray:
    """Three-point slope at an end, with the sign of the density there and at most three times as steep."""
    slope = ((2 * w0 + w1) * near - w0 * far) / (w0 + w1)
    slope = np.where(np.sign(slope) == np.sign(near), slope, 0.0)
    steep = (np.sign(near) != np.sign(far)) & (np.abs(slope) > 3 * np.abs(near))
    return np.where(steep, 3 * near, slope)
