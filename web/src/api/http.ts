/** One way to the server: session cookie, operation ids, problems as exceptions. */
import { ApiProblem, offline, problemOf } from './problem'

type Query = Record<string, string | number | boolean | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  /** UUIDv7 of a command: the same id sent again has the same effect once. */
  operationId?: string
  etag?: string | null
  signal?: AbortSignal
}

export interface Answer<T> {
  status: number
  data: T
  etag: string | null
}

/** Called when the server says that nobody is signed in. */
let signedOut: () => void = () => undefined

export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

export async function call<T>(
  method: string,
  path: string,
  options: Options = {},
): Promise<Answer<T>> {
  const headers = new Headers({ Accept: 'application/json' })
  if (method !== 'GET') headers.set('X-Sanbai', '1')
  if (options.operationId !== undefined) headers.set('Operation-Id', options.operationId)
  if (options.etag) headers.set('If-None-Match', options.etag)
  const response = await fetch(path + queryText(options.query), {
    method,
    headers,
    body: bodyOf(options.body, headers),
    credentials: 'same-origin',
    signal: options.signal ?? null,
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw offline()
  })
  const etag = response.headers.get('ETag')
  if (response.status === 304 || response.status === 204) {
    return { status: response.status, data: undefined as T, etag }
  }
  const data: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const problem = problemOf(response.status, data)
    if (problem.code === 'not-signed-in') signedOut()
    throw problem
  }
  if (data === null) throw new ApiProblem('unreadable-answer', response.status)
  return { status: response.status, data: data as T, etag }
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const options: Options = {}
  if (query !== undefined) options.query = query
  if (signal !== undefined) options.signal = signal
  return (await call<T>('GET', path, options)).data
}

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined)
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`
}

function bodyOf(body: unknown, headers: Headers): BodyInit | null {
  if (body === undefined) return null
  if (body instanceof FormData) return body
  headers.set('Content-Type', 'application/json')
  return JSON.stringify(body)
}
