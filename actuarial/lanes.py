"""Numbers of several scenarios or cells side by side, which a kernel reads, counts with and writes as if they were one.

A kernel in `Lanes` looks like one for a single scenario. Every operation is done for all lanes at once, by the
processor's own instructions, and no lane ever meets another one: what a lane holds is the same to the bit whatever the
others hold. A product and the sum that it belongs to are rounded together where the processor can do so.

Without compilation (NUMBA_DISABLE_JIT) the numbers are arrays of NumPy, and the functions here act on these. With it,
each of them is a few instructions that stand in the kernel itself: nothing has to be compiled for them.
"""

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global
from numba.extending import lower_builtin, models, register_model

from actuarial.jit import WIDTH, config

intrinsic: Any = extending.intrinsic


class Lanes(types.Type):
    """Type of the numbers of all lanes."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


class Mask(types.Type):
    """Type of the answers yes or no of all lanes."""

    def __init__(self) -> None:
        super().__init__(name="Mask")


LANES, MASK = Lanes(), Mask()
DOUBLE, INTEGER = ir.DoubleType(), ir.IntType(64)
NUMBERS, ANSWERS = ir.VectorType(DOUBLE, WIDTH), ir.VectorType(ir.IntType(1), WIDTH)
ROW = ir.VectorType(DOUBLE, 4)
TOGETHER = ("contract",)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, NUMBERS)


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ANSWERS)


def _place(context: Any, builder: Any, kind: Any, array: Any, first: Any = None) -> Any:
    """Address of the numbers of a row, from a cell on."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(data if first is None else builder.gep(data, [first]), NUMBERS.as_pointer())


def _same(builder: Any, value: Any) -> Any:
    """One number in all lanes."""
    several = ir.VectorType(value.type, WIDTH)
    first = builder.insert_element(ir.Constant(several, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, first, zeros)


def _cells(builder: Any, start: Any) -> Any:
    """The whole numbers from one on, in the lanes in order."""
    several = ir.VectorType(INTEGER, WIDTH)
    return builder.add(_same(builder, start), ir.Constant(several, list(range(WIDTH))))


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    """Four columns of eight rows of four."""

    def mixed(one: Any, other: Any, *places: int) -> Any:
        return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places))

    low = [mixed(rows[i], rows[i + 1], 0, 4, 1, 5) for i in range(0, WIDTH, 2)]
    high = [mixed(rows[i], rows[i + 1], 2, 6, 3, 7) for i in range(0, WIDTH, 2)]
    columns = []
    for part in (low, high):
        for places in ((0, 1, 4, 5), (2, 3, 6, 7)):
            halves = [mixed(part[i], part[i + 1], *places) for i in (0, 2)]
            columns.append(mixed(*halves, *range(WIDTH)))
    return columns


def load(row: Any) -> Any:
    """The numbers of a row (lane,)."""
    return np.array(row)


def store(row: Any, value: Any) -> None:
    """Write the numbers of all lanes into a row (lane,)."""
    row[:] = value


def load_from(row: Any, first: int) -> Any:
    """The numbers of a row of many cells, one in each lane from the first cell on."""
    return np.array(row[first : first + WIDTH])


def store_from(row: Any, first: int, value: Any) -> None:
    """Write the numbers of all lanes into a row of many cells, from the first cell on."""
    row[first : first + WIDTH] = value


def spread(value: Any) -> Any:
    """One number in all lanes."""
    return np.full(WIDTH, value)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """In each lane one number where the answer is yes, else the other one."""
    return np.where(condition, yes, no)


def least(one: Any, other: Any) -> Any:
    """The smaller of two numbers in each lane."""
    return np.minimum(one, other)


def most(one: Any, other: Any) -> Any:
    """The greater of two numbers in each lane."""
    return np.maximum(one, other)


def anywhere(condition: Any) -> Any:
    """Whether the answer is yes in any lane."""
    return bool(np.any(condition))


def between(start: int, first: int, last: int) -> Any:
    """Whether the cell of each lane, of which the first holds the cell `start`, is one from the first to the last."""
    cells = start + np.arange(WIDTH)
    return (cells >= first) & (cells <= last)


def cells_from(start: int) -> Any:
    """The cell of each lane, of which the first holds the cell `start`."""
    return start + np.arange(float(WIDTH))


def added(value: Any) -> float:
    """Sum of the numbers of all lanes, in halves, each lane with the one half the lanes behind it."""
    while len(value) > 1:
        value = value[: len(value) // 2] + value[len(value) // 2 :]
    return float(value[0])


def whole(value: Any) -> Any:
    """The whole part of the number in each lane."""
    return np.trunc(value)


def root(value: Any) -> Any:
    """The square root of the number in each lane."""
    return np.sqrt(value)


def four(table: Any, place: Any, first: Any) -> Any:
    """Four numbers side by side in a table (..., row, column): each lane holds a row, those of all parts of the table
    counted on, and the first of the columns."""
    rows = table.reshape(-1, table.shape[-1])
    return tuple(rows[place.astype(np.int64), first.astype(np.int64) + k] for k in range(4))


if not config.DISABLE_JIT:

    def _one(kind: Any) -> Any:
        """The type of an operand: of all lanes, or one number for all."""
        return LANES if kind is LANES else types.float64

    def _all(builder: Any, kind: Any, value: Any) -> Any:
        """An operand in all lanes."""
        return value if kind is LANES else _same(builder, value)

    def _operator(sign: Any, result: Any, build: Callable[..., Any]) -> None:
        """An operator of two numbers of all lanes, of which one may be one number for all."""
        cases = [(LANES, LANES), (LANES, types.float64), (types.float64, LANES)]

        def lowered(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return build(builder, *map(partial(_all, builder), signature.args, args))

        typed = {"key": sign, "cases": [result(*case) for case in cases]}
        infer_global(sign)(type("OfLanes", (ConcreteTemplate,), typed))
        for case in cases:
            lower_builtin(sign, *case)(lowered)

    def _each(builder: Any, name: str, args: Any) -> Any:
        """A function of the processor, of the number in each lane."""
        kind = ir.FunctionType(NUMBERS, [NUMBERS])
        return builder.call(builder.module.declare_intrinsic(f"llvm.{name}.v{WIDTH}f64", fnty=kind), args)

    def _arithmetic(name: str) -> Callable[..., Any]:
        return lambda builder, *both: getattr(builder, name)(*both, flags=TOGETHER)

    def _comparison(sign: str) -> Callable[..., Any]:
        return lambda builder, *both: builder.fcmp_ordered(sign, *both)

    for _sign, _word in {operator.add: "fadd", operator.iadd: "fadd", operator.sub: "fsub", operator.mul: "fmul",
                         operator.truediv: "fdiv"}.items():  # fmt: skip
        _operator(_sign, LANES, _arithmetic(_word))
    for _sign, _word in {operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">="}.items():
        _operator(_sign, MASK, _comparison(_word))

    @intrinsic
    def load(typing: Any, row: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.load(_place(context, builder, signature.args[0], args[0]), align=8)

        return LANES(row), build

    @intrinsic
    def store(typing: Any, row: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            place = _place(context, builder, signature.args[0], args[0])
            builder.store(_all(builder, signature.args[1], args[1]), place, align=8)
            return context.get_dummy_value()

        return types.none(row, _one(value)), build

    @intrinsic
    def load_from(typing: Any, row: Any, first: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.load(_place(context, builder, signature.args[0], *args), align=8)

        return (LANES(row, types.int64), build) if row.layout == "C" else None

    @intrinsic
    def store_from(typing: Any, row: Any, first: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            place = _place(context, builder, signature.args[0], *args[:2])
            builder.store(_all(builder, signature.args[2], args[2]), place, align=8)
            return context.get_dummy_value()

        return (types.none(row, types.int64, _one(value)), build) if row.layout == "C" else None

    @intrinsic
    def spread(typing: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return _same(builder, args[0])

        return LANES(types.float64), build

    @intrinsic
    def choose(typing: Any, condition: Any, yes: Any, no: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.select(args[0], *map(partial(_all, builder), signature.args[1:], args[1:]))

        return LANES(MASK, _one(yes), _one(no)), build

    def _choice(smaller: bool) -> Any:
        """The smaller or greater of two numbers in each lane; the second where they cannot be compared."""

        def of_two(typing: Any, one: Any, other: Any) -> Any:
            def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
                first, second = map(partial(_all, builder), signature.args, args)
                less = builder.fcmp_ordered("<", first, second)
                return builder.select(less, *((first, second) if smaller else (second, first)))

            return LANES(LANES, _one(other)), build

        return intrinsic(of_two)

    least, most = _choice(True), _choice(False)

    @intrinsic
    def anywhere(typing: Any, condition: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            bits = builder.bitcast(args[0], ir.IntType(WIDTH))
            return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(WIDTH), 0))

        return types.boolean(MASK), build

    @intrinsic
    def between(typing: Any, start: Any, first: Any, last: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            cells = _cells(builder, args[0])
            low, high = (_same(builder, end) for end in args[1:])
            return builder.and_(builder.icmp_signed(">=", cells, low), builder.icmp_signed("<=", cells, high))

        return MASK(types.int64, types.int64, types.int64), build

    @intrinsic
    def cells_from(typing: Any, start: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            lanes = ir.Constant(NUMBERS, [float(lane) for lane in range(WIDTH)])
            return builder.fadd(_same(builder, builder.sitofp(args[0], DOUBLE)), lanes)

        return LANES(types.int64), build

    @intrinsic
    def added(typing: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            (sums,), width = args, WIDTH
            while width > 1:
                width //= 2
                low, high = (
                    builder.shuffle_vector(sums, sums, ir.Constant(ir.VectorType(ir.IntType(32), width), list(places)))
                    for places in (range(width), range(width, 2 * width))
                )
                sums = builder.fadd(low, high)
            return builder.extract_element(sums, ir.Constant(ir.IntType(32), 0))

        return types.float64(LANES), build

    @intrinsic
    def whole(typing: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return _each(builder, "trunc", args)

        return LANES(LANES), build

    @intrinsic
    def root(typing: Any, value: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return _each(builder, "sqrt", args)

        return LANES(LANES), build

    @intrinsic
    def four(typing: Any, table: Any, place: Any, first: Any) -> Any:
        """Four numbers side by side in the row of tables that each lane names, from its column on."""

        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, args[0])
            width = cgutils.unpack_tuple(builder, array.shape)[-1]
            several = ir.VectorType(ir.IntType(32), WIDTH)  # more bits would be turned one lane at a time
            places, columns = (builder.fptosi(at, several) for at in args[1:])
            across = _same(builder, builder.trunc(width, ir.IntType(32)))
            cells, rows = builder.add(builder.mul(places, across), columns), []
            for lane in range(WIDTH):
                cell = builder.extract_element(cells, ir.Constant(ir.IntType(32), lane))
                start = builder.gep(array.data, [builder.sext(cell, INTEGER)])
                rows.append(builder.load(builder.bitcast(start, ROW.as_pointer()), align=8))
            return context.make_tuple(builder, signature.return_type, _turned(builder, rows))

        return types.UniTuple(LANES, 4)(table, LANES, LANES), build
