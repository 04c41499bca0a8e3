import { describe, expect, it } from 'vitest'
import { asQuestion, blankQuestion, choicesIn, draftOf } from '@/admin/questions'

describe('follow-up questions', () => {
  it('come back as they were', () => {
    const kept = {
      id: 'width',
      text: '占用了多宽？',
      text_en: null,
      kind: 'number' as const,
      choices: [],
      needed: true,
      unit: '米',
      least: 0,
      most: 30,
    }
    expect(asQuestion(draftOf(kept))).toEqual(kept)
  })
  it('part choices by any comma and keep each once', () => {
    expect(choicesIn('机动车、非机动车， 摊位;摊位\n')).toEqual(['机动车', '非机动车', '摊位'])
  })
  it('drop what belongs to another kind of answer', () => {
    const draft = { ...blankQuestion(), text: '多少？', choices: '一、二', unit: '米', least: 1 }
    expect(asQuestion(draft)).toMatchObject({ choices: [], unit: null, least: null })
  })
  it('have ids that the server takes, and different ones', () => {
    const ids = Array.from({ length: 200 }, () => blankQuestion().key)
    expect(ids.every((id) => /^[a-z][a-z0-9_-]{0,39}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(200)
  })
})
