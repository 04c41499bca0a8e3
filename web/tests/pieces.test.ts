import { afterEach, describe, expect, it, vi } from 'vitest'
import { type App, createApp, defineComponent, h, nextTick } from 'vue'
import { i18n, setLanguage } from '@/i18n'
import { piece, sayNothingCame } from '@/lib/pieces'

let app: App | null = null

function show(loader: Parameters<typeof piece>[0]): HTMLElement {
  const place = document.createElement('div')
  app = createApp(piece(loader)).use(i18n)
  // Vue tells the failure beside what it shows in its place.
  app.config.errorHandler = () => undefined
  app.mount(place)
  return place
}

const settled = async () => {
  await new Promise((done) => setTimeout(done))
  await nextTick()
}

afterEach(() => {
  app?.unmount()
  vi.restoreAllMocks()
})

describe('a piece of the app', () => {
  it('stands there when it has come', async () => {
    const place = show(async () => defineComponent(() => () => h('p', '网格')))
    await settled()
    expect(place.textContent).toBe('网格')
  })

  it('that did not come says so and offers to load the page anew', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    await setLanguage('zh-CN')
    const place = show(() => Promise.reject(new TypeError('not fetched')))
    await settled()
    expect(place.querySelector('[role=alert]')?.textContent).toContain('系统刚刚更新过')
    expect(place.querySelector('button')?.textContent).toBe('刷新页面')
  })

  it('is missed in both languages where not even words came', () => {
    document.body.innerHTML = '<div id="app">…</div>'
    sayNothingCame()
    expect(document.body.textContent).toContain('没有载入完整')
    expect(document.querySelector('button')?.textContent).toContain('Reload')
  })
})
