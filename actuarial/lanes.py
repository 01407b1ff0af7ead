"""Numbers of several scenarios or cells side by side, which a kernel reads, counts with and writes as if they were one.

A kernel in `Lanes` looks like one for a single scenario. Every operation is done for all lanes at once, by the
processor's own instructions, and no lane ever meets another one: what a lane holds is the same to the bit whatever the
others hold. A product and the sum that it belongs to are rounded together where the processor can do so.

Without compilation (NUMBA_DISABLE_JIT) the numbers are arrays of NumPy, and the functions here act on these.
"""

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.extending import models, overload, register_model

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


@intrinsic
def _load(typing: Any, row: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], args[0]), align=8)

    return LANES(row), build


@intrinsic
def _store(typing: Any, row: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[1], _place(context, builder, signature.args[0], args[0]), align=8)
        return context.get_dummy_value()

    return types.none(row, LANES), build


@intrinsic
def _load_from(typing: Any, row: Any, first: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_place(context, builder, signature.args[0], *args), align=8)

    return LANES(row, types.int64), build


@intrinsic
def _store_from(typing: Any, row: Any, first: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, signature.args[0], *args[:2]), align=8)
        return context.get_dummy_value()

    return types.none(row, types.int64, LANES), build


@intrinsic
def _spread(typing: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _same(builder, args[0])

    return LANES(types.float64), build


def _arithmetic(name: str) -> Any:
    """An operation of two numbers of all lanes."""

    @intrinsic
    def of_two(typing: Any, one: Any, other: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return getattr(builder, name)(*args, flags=TOGETHER)

        return LANES(LANES, LANES), build

    return of_two


def _comparison(sign: str) -> Any:
    """A comparison of two numbers of all lanes."""

    @intrinsic
    def of_two(typing: Any, one: Any, other: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.fcmp_ordered(sign, *args)

        return MASK(LANES, LANES), build

    return of_two


@intrinsic
def _choose(typing: Any, condition: Any, yes: Any, no: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return LANES(MASK, LANES, LANES), build


@intrinsic
def _anywhere(typing: Any, condition: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(WIDTH))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(WIDTH), 0))

    return types.boolean(MASK), build


@intrinsic
def _between(typing: Any, start: Any, first: Any, last: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        cells = _cells(builder, args[0])
        low, high = (_same(builder, end) for end in args[1:])
        return builder.and_(builder.icmp_signed(">=", cells, low), builder.icmp_signed("<=", cells, high))

    return MASK(types.int64, types.int64, types.int64), build


def _cells(builder: Any, start: Any) -> Any:
    """The whole numbers from one on, in the lanes in order."""
    several = ir.VectorType(INTEGER, WIDTH)
    return builder.add(_same(builder, start), ir.Constant(several, list(range(WIDTH))))


@intrinsic
def _cells_from(typing: Any, start: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.sitofp(_cells(builder, args[0]), NUMBERS)

    return LANES(types.int64), build


@intrinsic
def _added(typing: Any, value: Any) -> Any:
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
def _whole(typing: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.sitofp(builder.fptosi(args[0], ir.VectorType(INTEGER, WIDTH)), NUMBERS)

    return LANES(LANES), build


@intrinsic
def _root(typing: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(NUMBERS, [NUMBERS])
        return builder.call(builder.module.declare_intrinsic(f"llvm.sqrt.v{WIDTH}f64", fnty=kind), args)

    return LANES(LANES), build


@intrinsic
def _four(typing: Any, table: Any, place: Any, first: Any) -> Any:
    """Four numbers side by side in the row of a table that each lane names, from its column on."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, args[0])
        width = cgutils.unpack_tuple(builder, array.shape)[1]
        several = ir.VectorType(INTEGER, WIDTH)
        places, columns, rows = builder.fptosi(args[1], several), builder.fptosi(args[2], several), []
        for lane in range(WIDTH):
            where = ir.Constant(ir.IntType(32), lane)
            row, column = builder.extract_element(places, where), builder.extract_element(columns, where)
            start = builder.gep(array.data, [builder.add(builder.mul(row, width), column)])
            rows.append(builder.load(builder.bitcast(start, ROW.as_pointer()), align=8))
        return context.make_tuple(builder, signature.return_type, _turned(builder, rows))

    return types.UniTuple(LANES, 4)(table, LANES, LANES), build


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
    """Four numbers side by side in a table (row, column): each lane holds a row, and the first of the columns."""
    return tuple(table[place.astype(np.int64), first.astype(np.int64) + k] for k in range(4))


if not config.DISABLE_JIT:
    _MINUS, _LESS = _arithmetic("fsub"), _comparison("<")

    def _with_numbers(of_two: Any) -> Any:
        """The choice of the compiler for two operands, of which one may be one number for all lanes."""

        def chosen(one, other):
            if one is LANES and other is LANES:
                return lambda one, other: of_two(one, other)
            if one is LANES and isinstance(other, types.Number):
                return lambda one, other: of_two(one, _spread(float(other)))
            if other is LANES and isinstance(one, types.Number):
                return lambda one, other: of_two(_spread(float(one)), other)
            return None

        return chosen

    for _word, _of_two in {
        operator.add: _arithmetic("fadd"),
        operator.iadd: _arithmetic("fadd"),
        operator.sub: _MINUS,
        operator.mul: _arithmetic("fmul"),
        operator.truediv: _arithmetic("fdiv"),
        operator.lt: _LESS,
        operator.le: _comparison("<="),
        operator.gt: _comparison(">"),
        operator.ge: _comparison(">="),
    }.items():
        overload(_word)(_with_numbers(_of_two))

    @overload(load)
    def _load_row(row):
        return lambda row: _load(row)

    @overload(store)
    def _store_row(row, value):
        if value is LANES:
            return lambda row, value: _store(row, value)
        return lambda row, value: _store(row, _spread(float(value)))

    @overload(load_from)
    def _load_row_from(row, first):
        return (lambda row, first: _load_from(row, first)) if row.layout == "C" else None

    @overload(store_from)
    def _store_row_from(row, first, value):
        return (lambda row, first, value: _store_from(row, first, value)) if row.layout == "C" else None

    @overload(spread)
    def _spread_number(value):
        return lambda value: _spread(float(value))

    @overload(choose)
    def _choose_lanes(condition, yes, no):
        if yes is LANES and no is LANES:
            return lambda condition, yes, no: _choose(condition, yes, no)
        if yes is LANES:
            return lambda condition, yes, no: _choose(condition, yes, _spread(float(no)))
        return lambda condition, yes, no: _choose(condition, _spread(float(yes)), no)

    @overload(least)
    def _least_lanes(one, other):
        if other is LANES:
            return lambda one, other: _choose(_LESS(one, other), one, other)
        return lambda one, other: _choose(_LESS(one, _spread(float(other))), one, _spread(float(other)))

    @overload(most)
    def _most_lanes(one, other):
        if other is LANES:
            return lambda one, other: _choose(_LESS(one, other), other, one)
        return lambda one, other: _choose(_LESS(one, _spread(float(other))), _spread(float(other)), one)

    @overload(anywhere)
    def _any_lane(condition):
        return lambda condition: _anywhere(condition)

    @overload(between)
    def _between_cells(start, first, last):
        return lambda start, first, last: _between(start, first, last)

    @overload(cells_from)
    def _cells_from_start(start):
        return lambda start: _cells_from(start)

    @overload(added)
    def _added_lanes(value):
        return lambda value: _added(value)

    @overload(whole)
    def _whole_lanes(value):
        return lambda value: _whole(value)

    @overload(root)
    def _root_of_lanes(value):
        return lambda value: _root(value)

    @overload(four)
    def _four_columns(table, place, first):
        return lambda table, place, first: _four(table, place, first)
