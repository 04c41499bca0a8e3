import { describe, expect, it } from 'vitest'
import { afterKey, type Box, boxBetween, middleBox } from '@/photos/boxes'

const SIZE = { width: 200, height: 100 }

describe('boxes over a picture', () => {
  it('lie between two corners whichever was first, within the picture', () => {
    expect(boxBetween([90, 80], [10, 20], SIZE)).toEqual([10, 20, 90, 80])
    expect(boxBetween([-50, -5], [500, 50], SIZE)).toEqual([0, 0, 200, 50])
  })

  it('are not made by a click', () => {
    expect(boxBetween([10, 10], [12, 40], SIZE)).toBeNull()
    expect(boxBetween([300, 10], [400, 40], SIZE)).toBeNull()
  })

  it('move and grow by keys and stay within', () => {
    const box: Box = middleBox(SIZE)
    expect(box).toEqual([80, 40, 120, 60])
    expect(afterKey(box, 'ArrowLeft', false, SIZE)).toEqual([70, 40, 110, 60])
    expect(afterKey(box, 'ArrowDown', true, SIZE)).toEqual([80, 40, 120, 70])
    expect(afterKey([0, 0, 10, 10], 'ArrowUp', false, SIZE)).toEqual([0, 0, 10, 10])
    expect(afterKey([0, 0, 10, 10], 'ArrowLeft', true, SIZE)).toEqual([0, 0, 6, 10])
    expect(afterKey([190, 0, 200, 10], 'ArrowRight', false, SIZE)).toEqual([190, 0, 200, 10])
    expect(afterKey(box, 'x', false, SIZE)).toBeNull()
  })
})
