/** Follow-up questions as they are typed, and as the server keeps them. */
import type { CategoryQuestion } from '@/client'
import { uuid7 } from '@/lib/uuid7'

export interface Draft {
  key: string
  text: string
  text_en: string
  kind: CategoryQuestion['kind']
  choices: string
  needed: boolean
  unit: string
  least: number | ''
  most: number | ''
}

/** A question of no words yet. Its id is one that no other has: answers are kept under it. */
export function blankQuestion(): Draft {
  return {
    key: `q${uuid7().replaceAll('-', '')}`,
    text: '',
    text_en: '',
    kind: 'text',
    choices: '',
    needed: false,
    unit: '',
    least: '',
    most: '',
  }
}

export function draftOf(question: CategoryQuestion): Draft {
  return {
    key: question.id,
    text: question.text,
    text_en: question.text_en ?? '',
    kind: question.kind,
    choices: (question.choices ?? []).join('、'),
    needed: question.needed ?? false,
    unit: question.unit ?? '',
    least: question.least ?? '',
    most: question.most ?? '',
  }
}

/** Choices may be parted by any comma, a semicolon or a new line. */
export function choicesIn(typed: string): string[] {
  const parts = typed.split(/[、，,;；\n]/).map((part) => part.trim())
  return [...new Set(parts.filter((part) => part !== ''))]
}

export function asQuestion(draft: Draft): CategoryQuestion {
  const number = draft.kind === 'number'
  return {
    id: draft.key,
    text: draft.text,
    text_en: draft.text_en || null,
    kind: draft.kind,
    choices: draft.kind === 'choice' ? choicesIn(draft.choices) : [],
    needed: draft.needed,
    unit: number && draft.unit ? draft.unit : null,
    least: number && draft.least !== '' ? draft.least : null,
    most: number && draft.most !== '' ? draft.most : null,
  }
}
