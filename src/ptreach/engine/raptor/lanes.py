# ruff: noqa: ARG001  (numba takes names of arguments from functions that only say how they are compiled)
"""Labels of many lanes as single values: what the compiler would do lane by lane, said in one instruction.

A loop over the bytes of two rows is compiled with a test, each time, whether the rows overlap; on rows as
short as a label that test and the loop cost several times the work. These functions tell the compiler that a
label is one value of ``LANES`` bytes, which it lays out in the registers of whatever processor it finds.

The functions compiled into kernels are `raise_to`, `any_later`, `shift_to` and `count_down`.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Compiled: TypeAlias = Any
"""The compiler's own: contexts, builders, types, values. It has no type stubs."""
LANES: Final = 64
"""Bytes of a label."""
TIMES: Final = 32
"""Times written at once by `count_down`."""
_BYTE: Final = ir.IntType(8)
_TIME: Final = ir.IntType(16)
_TIME_ROW: Final = ir.VectorType(_TIME, TIMES)
_LABEL: Final = ir.VectorType(_BYTE, LANES)


def _place(
    context: Compiled,
    builder: Compiled,
    kind: Compiled,
    labels: Compiled,
    row: Compiled,
    lanes: Compiled = None,
) -> Compiled:
    """Return the place of a label, a row of a C-contiguous uint8 array (rows, LANES), or lanes beyond."""
    array = context.make_array(kind)(context, builder, labels)
    first = builder.bitcast(array.data, _BYTE.as_pointer())
    offset = builder.mul(row, row.type(LANES))
    if lanes is not None:
        offset = builder.add(offset, lanes)
    return builder.bitcast(builder.gep(first, [offset]), _LABEL.as_pointer())


def _later(builder: Compiled, one: Compiled, other: Compiled) -> Compiled:
    """Return the later departure of two, lane by lane."""
    return builder.select(builder.icmp_unsigned(">", one, other), one, other)


def _everywhere(builder: Compiled, kind: ir.VectorType, value: Compiled) -> Compiled:
    """Return a value in all lanes."""
    number = ir.IntType(32)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, number(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(number, kind.count), [0] * kind.count))


@intrinsic
def raise_to(
    typing_context: Compiled,
    labels: Compiled,
    row: Compiled,
    others: Compiled,
    other_row: Compiled,
) -> Compiled:
    """Raise the label ``labels[row]`` to ``others[other_row]`` in the lanes where that is later."""
    signature = types.void(labels, types.intp, others, types.intp)

    def compiled(context: Compiled, builder: Compiled, kinds: Compiled, values: Compiled) -> Compiled:
        there = _place(context, builder, kinds.args[0], values[0], values[1])
        other = _place(context, builder, kinds.args[2], values[2], values[3])
        later = _later(builder, builder.load(there, align=1), builder.load(other, align=1))
        builder.store(later, there, align=1)
        return context.get_dummy_value()

    return signature, compiled


@intrinsic
def any_later(
    typing_context: Compiled,
    labels: Compiled,
    row: Compiled,
    others: Compiled,
    other_row: Compiled,
    least: Compiled,
) -> Compiled:
    """Return whether ``labels[row]`` is later than both ``others[other_row]`` and `least` in any lane."""
    signature = types.boolean(labels, types.intp, others, types.intp, types.uint8)

    def compiled(context: Compiled, builder: Compiled, kinds: Compiled, values: Compiled) -> Compiled:
        label = builder.load(_place(context, builder, kinds.args[0], values[0], values[1]), align=1)
        other = builder.load(_place(context, builder, kinds.args[2], values[2], values[3]), align=1)
        after = _later(builder, other, _everywhere(builder, _LABEL, values[4]))
        later = builder.icmp_unsigned(">", label, after)
        bits = ir.IntType(LANES)
        return builder.icmp_unsigned("!=", builder.bitcast(later, bits), bits(0))

    return signature, compiled


@intrinsic
def shift_to(
    typing_context: Compiled,
    target: Compiled,
    labels: Compiled,
    row: Compiled,
    lanes: Compiled,
    kept: Compiled,
) -> Compiled:
    """Set ``target[0]`` to ``labels[row]`` moved down by `lanes`, and to 0 where ``kept[0]`` is 0, not 255.

    What lies beyond the row is read, so there must be a row after it.
    """
    signature = types.void(target, labels, types.intp, types.intp, kept)

    def compiled(context: Compiled, builder: Compiled, kinds: Compiled, values: Compiled) -> Compiled:
        first = values[2].type(0)
        label = builder.load(_place(context, builder, kinds.args[1], *values[1:4]), align=1)
        mask = builder.load(_place(context, builder, kinds.args[4], values[4], first), align=1)
        there = _place(context, builder, kinds.args[0], values[0], first)
        builder.store(builder.and_(label, mask), there, align=1)
        return context.get_dummy_value()

    return signature, compiled


@intrinsic
def count_down(
    typing_context: Compiled,
    times: Compiled,
    place: Compiled,
    first: Compiled,
    step: Compiled,
) -> Compiled:
    """Set ``TIMES`` elements of a flat uint16 array, from `place` on: `first`, `first` - `step`, and on."""
    signature = types.void(times, types.intp, types.uint16, types.uint16)

    def compiled(context: Compiled, builder: Compiled, kinds: Compiled, values: Compiled) -> Compiled:
        array = context.make_array(kinds.args[0])(context, builder, values[0])
        there = builder.bitcast(builder.gep(array.data, [values[1]]), _TIME_ROW.as_pointer())
        steps = builder.mul(
            _everywhere(builder, _TIME_ROW, values[3]), ir.Constant(_TIME_ROW, list(range(TIMES)))
        )
        builder.store(builder.sub(_everywhere(builder, _TIME_ROW, values[2]), steps), there, align=2)
        return context.get_dummy_value()

    return signature, compiled
