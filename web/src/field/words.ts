/** Words of the field app: those of one language are fetched. */
import type { Language } from '@/i18n'

const WORDS = {
  'zh-CN': async () => (await import('./words.zh-CN')).fieldZh,
  en: async () => (await import('./words.en')).fieldEn,
}

export function fieldWords(chosen: Language): Promise<readonly object[]> {
  return WORDS[chosen]()
}
