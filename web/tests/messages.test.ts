import { describe, expect, it } from 'vitest'
import { addressOf, bodyOf, draftOf, faultOf, isWhole, newBodyOf } from '@/channels/form'
import type { MessageRead, NoticeChannel } from '@/client'
import { filledFrom, firstChoice, picturesOf } from '@/messages/reading'

const place = {
  kind: 'building',
  label: '幸福路2号',
  centre: [118.3, 36.6],
  score: 0.9,
  precision_m: 12,
  grid: null,
  building_id: 1,
} as MessageRead['places'][number]
const read: MessageRead = {
  text: '井盖没了',
  removed: [],
  messages: 1,
  pictures: 0,
  said_at: '2026-11-20T08:03:00+08:00',
  categories: [{ category_id: 7, score: 0.8, because: ['井盖+没'] }],
  category_certain: true,
  place_text: '幸福路2号',
  places: [place],
  place_certain: false,
}

describe('a message that was read', () => {
  it('chooses beforehand only what is certain', () => {
    expect(firstChoice(read)).toEqual({ text: '井盖没了', category: 0, place: -1 })
    expect(firstChoice({ ...read, category_certain: false }).category).toBe(-1)
  })

  it('fills in only what somebody chose', () => {
    const none = filledFrom(read, { text: ' 井盖 ', category: -1, place: -1 }, null)
    expect(none).toMatchObject({ description: '井盖', categoryId: null, position: null })
    const all = filledFrom(read, { text: '井盖', category: 0, place: 0 }, null)
    expect(all).toMatchObject({
      categoryId: 7,
      position: [118.3, 36.6],
      accuracyM: 12,
      address: '幸福路2号',
      seenAt: '2026-11-20T08:03:00+08:00',
    })
  })

  it('takes pictures and says that others came', () => {
    const files = [
      new File(['a'], 'a.jpg', { type: 'image/jpeg' }),
      new File(['b'], 'b.pdf', { type: 'application/pdf' }),
    ]
    expect(picturesOf(files)).toEqual({ pictures: [files[0]], others: 1 })
  })
})

const channel: NoticeChannel = {
  id: 3,
  name: '群',
  unit: { id: 5, name: '环卫所' },
  account: null,
  area: { id: 1, name: '区' },
  via: 'dingtalk',
  shown: 'oapi…abcd',
  kinds: ['overdue'],
  quiet_from: '21:30:00',
  quiet_to: '06:30:00',
  language: 'zh-CN',
  active: true,
  waiting: 0,
  failed: 0,
  sent_at: null,
}

describe('a channel in its form', () => {
  it('keeps its address unless another is given', () => {
    const draft = draftOf(channel)
    expect(isWhole(draft)).toBe(true)
    expect(bodyOf(draft)).toMatchObject({
      unit_id: 5,
      account_id: null,
      kinds: ['overdue'],
      quiet_from: '21:30',
      quiet_to: '06:30',
      address: null,
    })
    draft.newAddress = true
    expect(isWhole(draft)).toBe(false)
    draft.url = ' https://robot.example.cn/send?key=1 '
    expect(bodyOf(draft).address).toEqual({
      via: 'dingtalk',
      url: 'https://robot.example.cn/send?key=1',
      secret: '',
    })
  })

  it('is not sent before it is whole', () => {
    const draft = draftOf(null)
    expect(isWhole(draft)).toBe(false)
    Object.assign(draft, { name: '群', unitId: 1, url: 'ftp://a' })
    expect(isWhole(draft)).toBe(false)
    draft.url = 'http://10.0.0.8:9000/robot'
    expect(isWhole(draft)).toBe(true)
    draft.all = false
    expect(isWhole(draft)).toBe(false)
    draft.kinds = ['overdue']
    draft.from = ''
    expect(isWhole(draft)).toBe(false)
    draft.quiet = false
    expect(newBodyOf(draft)).toMatchObject({ quiet_from: null, kinds: ['overdue'] })
  })

  it('sends mail to each mailbox that was written', () => {
    const draft = { ...draftOf(null), via: 'mail' as const, host: 'smtp', sender: 'a@b.cn' }
    draft.to = 'c@d.cn，e@f.cn\n g@h.cn'
    expect(addressOf(draft).to).toEqual(['c@d.cn', 'e@f.cn', 'g@h.cn'])
  })

  it('tells a fault by name and number', () => {
    expect(faultOf('refused:93000')).toEqual({ name: 'refused', code: '93000' })
    expect(faultOf('timeout')).toEqual({ name: 'timeout', code: '' })
  })
})
