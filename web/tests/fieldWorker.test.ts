import { describe, expect, it } from 'vitest'
import { reachable } from '../scripts/reachable'

describe('files that the field app needs', () => {
  it('are those that its page leads to, however far, and nothing of the desk', () => {
    const texts = new Map([
      ['index.html', '<script src="/assets/index-1.js">'],
      ['field/index.html', '<script src="/assets/field-2.js"><link href="/assets/panels-3.css">'],
      ['assets/index-1.js', 'import "./shared-4.js"'],
      ['assets/field-2.js', 'import"./shared-4.js";const d=()=>import("./Queue-5.js")'],
      ['assets/panels-3.css', 'url(/assets/sand-6.svg)'],
      ['assets/shared-4.js', 'new Worker("/assets/worker-7.js")'],
      ['assets/Queue-5.js', ''],
      ['assets/sand-6.svg', ''],
      ['assets/worker-7.js', ''],
      ['assets/desk-8.js', ''],
    ])
    expect(reachable(texts, 'field/index.html')).toEqual([
      'assets/Queue-5.js',
      'assets/field-2.js',
      'assets/panels-3.css',
      'assets/sand-6.svg',
      'assets/shared-4.js',
      'assets/worker-7.js',
    ])
  })
})
