import { beforeEach, describe, expect, it } from 'vitest'
import type { CategoryQuestion } from '@/client'
import { answerFault, fixingStep, hasPlace, middleOf, reportOf } from '@/report/body'
import { emptyDraft, forgetDraft, keepDraft, keptDraft } from '@/state/draft'
import { session } from '@/state/session'

const width: CategoryQuestion = {
  id: 'width',
  text: '占用了多宽？',
  kind: 'number',
  least: 0,
  most: 50,
  needed: true,
  unit: '米',
}
const kind: CategoryQuestion = {
  id: 'kind',
  text: '什么车？',
  kind: 'choice',
  choices: ['货车', '轿车'],
}
const corners = [
  [118, 36],
  [118.002, 36],
  [118.002, 36.002],
] as const

describe('answers to what a category asks', () => {
  it.each([
    [width, '', 'missing'],
    [width, '两米', 'not-a-number'],
    [width, '-1', 'out-of-range'],
    [width, '51', 'out-of-range'],
    [width, ' 2.5 ', null],
    [width, '0', null],
    [kind, '', null],
    [kind, '拖拉机', 'no-choice'],
    [kind, '货车', null],
  ] as const)('%#', (question, typed, fault) => {
    expect(answerFault(question, typed)).toBe(fault)
  })
})

describe('a report', () => {
  const draft = {
    ...emptyDraft(),
    categoryId: 7,
    description: ' 垃圾成堆 ',
    position: [118.01, 36.02] as const,
  }

  it('says a point, and how exact it is where the device said so', () => {
    expect(reportOf({ ...draft, accuracyM: 8 }, [])).toEqual({
      id: draft.id,
      category_id: 7,
      lon: 118.01,
      lat: 36.02,
      accuracy_m: 8,
      datum: 'wgs84',
      description: '垃圾成堆',
      occurred_at: draft.startedAt,
      source: 'patrol',
    })
  })

  it('says a line or a closed area', () => {
    const line = reportOf({ ...draft, placeKind: 'line', corners: [...corners] }, [])
    expect(line.shape).toEqual({ type: 'LineString', coordinates: corners })
    expect(line.lon).toBeUndefined()
    const area = reportOf({ ...draft, placeKind: 'area', corners: [...corners] }, [])
    expect(area.shape?.coordinates).toEqual([[...corners, corners[0]]])
  })

  it('says answers as numbers and words, the owner, and the number of a letter', () => {
    const told = reportOf(
      {
        ...draft,
        answers: { width: ' 2.5', kind: '货车', gone: 'x' },
        owner: ' 供电公司 ',
        source: 'hotline',
        externalNumber: 'H-1',
      },
      [width, kind],
    )
    expect(told.answers).toEqual({ width: 2.5, kind: '货车' })
    expect(told).toMatchObject({ owner: '供电公司', source: 'hotline', external_number: 'H-1' })
    expect(reportOf({ ...draft, externalNumber: 'H-1' }, []).external_number).toBeUndefined()
  })

  it('lies in the middle of what was drawn', () => {
    const line = { placeKind: 'line', position: null, corners: [...corners] } as const
    expect(middleOf({ ...line, corners: [...corners] })).toEqual([118.002, 36])
    const [lon, lat] = middleOf({ ...line, placeKind: 'area', corners: [...corners] }) ?? [0, 0]
    expect(lon).toBeCloseTo(118.00133, 5)
    expect(lat).toBeCloseTo(36.00067, 5)
    expect(hasPlace({ ...line, corners: [[118, 36]] })).toBe(false)
    expect(hasPlace({ placeKind: 'point', position: null, corners: [] })).toBe(false)
  })

  it('is put right in one step, or told to the unit that the rules charged', () => {
    expect(fixingStep(['confirm', 'rectify', 'handle'])).toBe('rectify')
    expect(fixingStep(['accept', 'handle'])).toBe('handle')
    expect(fixingStep(['void'])).toBeNull()
  })
})

describe('a draft', () => {
  const somebody = (id: string) => {
    session.me = { account: { id } } as unknown as typeof session.me
  }
  beforeEach(() => sessionStorage.clear())

  it('is found by its own account only, with the id that the case will have', () => {
    somebody('one')
    const draft = { ...emptyDraft(), categoryId: 3 }
    keepDraft(draft)
    expect(keptDraft()).toEqual(draft)
    somebody('two')
    expect(keptDraft()).toBeNull()
    somebody('one')
    forgetDraft()
    expect(keptDraft()).toBeNull()
    session.me = null
  })
})
