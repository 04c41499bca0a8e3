/** Tests that have a page have the words of all places at once, in both languages. */
if (typeof document !== 'undefined') {
  const { addWords } = await import('@/i18n')
  const { zhCN } = await import('@/i18n/zh-CN')
  const { en } = await import('@/i18n/en')
  const { fieldZh } = await import('@/field/words.zh-CN')
  const { fieldEn } = await import('@/field/words.en')
  addWords('zh-CN', [zhCN, ...fieldZh])
  addWords('en', [en, ...fieldEn])
}

export {}
