import { describe, expect, it } from 'vitest'
import type { AddressCandidate, AddressFound, Found } from '@/api/types'
import { entriesOf, mayBeAddress } from '@/lib/addressEntries'

function candidate(label: string, score: number, building: number | null = 1): AddressCandidate {
  const grid = { id: 7, code: '370399001001001', name: '第一网格' }
  const kind = building === null ? 'place' : 'building'
  return {
    kind,
    label,
    centre: [118, 36],
    score,
    precision_m: 15,
    grid,
    building_id: building,
  }
}
function address(certain: boolean, ...candidates: AddressCandidate[]): AddressFound {
  return { text: '', score: candidates[0]?.score ?? 0, certain, candidates }
}
function named(type: Found['type'], id: number, title: string): Found {
  return { type, id, title, subtitle: null, centre: [118, 36], bbox: null }
}

describe('addresses in the search box', () => {
  it('come first when certain, last when not', () => {
    const grid = named('grid', 3, '第三网格')
    const sure = entriesOf([grid], address(true, candidate('幸福路12号', 1)))
    expect(sure.map(({ kind }) => kind)).toEqual(['address', 'found'])
    expect(sure[0]).toMatchObject({ certain: true })
    const unsure = entriesOf([grid], address(false, candidate('幸福路12号', 0.5)))
    expect(unsure.map(({ kind }) => kind)).toEqual(['found', 'address'])
    expect(unsure[1]).toMatchObject({ certain: false })
  })

  it('leave out faint ones and what is listed already', () => {
    const entries = entriesOf(
      [named('building', 1, '3号楼'), named('building', 2, '4号楼'), named('place', 9, '小学')],
      address(
        true,
        candidate('阳光小区3号楼', 0.97),
        candidate('小学', 0.4, null),
        candidate('x', 0.1),
      ),
    )
    expect(entries.map(({ key }) => key)).toEqual(['address0', 'address1', 'building2'])
    expect(entriesOf([named('road', 1, '幸福路')], null)).toHaveLength(1)
  })

  it('are not asked for codes and beginnings of words', () => {
    expect(mayBeAddress('370399001001001')).toBe(false)
    expect(mayBeAddress('幸福')).toBe(false)
    expect(mayBeAddress('幸福路12号')).toBe(true)
  })
})
