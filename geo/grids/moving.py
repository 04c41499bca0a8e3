"""What moves together from a grid to another, and whether both stay in one piece; compiled."""

from __future__ import annotations

from numba import njit

MOST_TOGETHER = 200
"""A block of more cells than this is not moved as one."""


@njit(cache=True, nogil=True)
def gather(cells, labels, scratch, cell, whole_block):  # type: ignore[no-untyped-def]
    """Mark what moves with a cell; how many cells that are."""
    scratch.clock[0] += 1
    mark = scratch.clock[0]
    block = cells.block[cell]
    first, last = cells.block_start[block], cells.block_start[block + 1]
    scratch.moving[0] = cell
    scratch.marked[cell] = mark
    count = 1
    if whole_block and last - first <= MOST_TOGETHER:
        for at in range(first, last):
            mate = cells.block_cells[at]
            if mate != cell and labels[mate] == labels[cell]:
                scratch.moving[count] = mate
                scratch.marked[mate] = mark
                count += 1
    return count


@njit(cache=True, nogil=True)
def stays_whole(cells, labels, scratch, count, home):  # type: ignore[no-untyped-def]  # noqa: C901
    """Whether a grid hangs together without the cells that leave it."""
    mark = scratch.clock[0]
    scratch.clock[1] += 2
    now = scratch.clock[1]
    first = -1
    wanted = 0
    for index in range(count):
        cell = scratch.moving[index]
        for at in range(cells.start[cell], cells.start[cell + 1]):
            other = cells.other[at]
            if labels[other] == home and scratch.marked[other] != mark:
                if first < 0:
                    first = other
                    scratch.seen[other] = now
                elif scratch.seen[other] < now - 1:
                    scratch.seen[other] = now - 1
                    wanted += 1
    scratch.queue[0] = first
    head, tail = 0, 1
    while head < tail and wanted > 0:
        cell = scratch.queue[head]
        head += 1
        for at in range(cells.start[cell], cells.start[cell + 1]):
            other = cells.other[at]
            if labels[other] == home and scratch.marked[other] != mark:
                if scratch.seen[other] == now - 1:
                    wanted -= 1
                if scratch.seen[other] != now:
                    scratch.seen[other] = now
                    scratch.queue[tail] = other
                    tail += 1
    return wanted == 0


@njit(cache=True, nogil=True)
def hangs_on(cells, labels, scratch, count, goal):  # type: ignore[no-untyped-def]
    """Whether each cell that moves reaches the grid it joins through those that move with it."""
    mark = scratch.clock[0]
    scratch.clock[1] += 2
    now = scratch.clock[1]
    head, tail = 0, 0
    for index in range(count):
        cell = scratch.moving[index]
        for at in range(cells.start[cell], cells.start[cell + 1]):
            if labels[cells.other[at]] == goal:
                scratch.seen[cell] = now
                scratch.queue[tail] = cell
                tail += 1
                break
    while head < tail:
        cell = scratch.queue[head]
        head += 1
        for at in range(cells.start[cell], cells.start[cell + 1]):
            other = cells.other[at]
            if scratch.marked[other] == mark and scratch.seen[other] != now:
                scratch.seen[other] = now
                scratch.queue[tail] = other
                tail += 1
    return tail == count
