/** Chinese first, English complete; the choice is kept on this device. */
import { createI18n } from 'vue-i18n'

export type Language = 'zh-CN' | 'en'
/** Catalogues of a language; groups of a later one fill up those of the ones before. */
type Load = (language: Language) => Promise<readonly object[]>

const KEY = 'sanbai.language'

function firstLanguage(): Language {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLanguage() as string,
  messages: { 'zh-CN': {}, en: {} },
})

const held = new Set<Language>()
let load: Load = () => Promise.resolve([])

/** Puts words in; both languages say the same, so one is enough. */
export function addWords(language: Language, catalogues: readonly object[]): void {
  for (const words of catalogues) i18n.global.mergeLocaleMessage(language, words)
  held.add(language)
}

/** Brings the words of the chosen language, and of the other one when it is chosen. */
export async function bringWords(from: Load): Promise<void> {
  load = from
  addWords(language(), await load(language()))
}

export function language(): Language {
  return i18n.global.locale.value === 'en' ? 'en' : 'zh-CN'
}

/** Chooses a language; it shows once its words are here. */
export async function setLanguage(chosen: Language): Promise<void> {
  if (!held.has(chosen)) addWords(chosen, await load(chosen))
  i18n.global.locale.value = chosen
  localStorage.setItem(KEY, chosen)
  document.documentElement.lang = chosen
}

const t = i18n.global.t
const te = i18n.global.te

/** The name of something that has a Chinese and perhaps an English one. */
export function nameIn(item: { name: string; name_en?: string | null }): string {
  return language() === 'en' && item.name_en ? item.name_en : item.name
}

/** A value of a closed list in words, or itself when the list does not know it. */
export function word(group: string, value: unknown): string {
  const key = `${group}.${String(value)}`
  return te(key) ? t(key) : String(value ?? '')
}
