/** One way to ask the server, over the generated client: cookies, headers, problems. */
import { client } from '@/client/client.gen'
import { ApiProblem, offline, problemOf } from './problem'

/** Called when the server says that nobody is signed in. */
let signedOut: () => void = () => undefined

export function onSignedOut(listener: () => void): void {
  signedOut = listener
}

const NOT_MODIFIED = 304

client.setConfig({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  throwOnError: true,
})

client.interceptors.error.use((error, response: Response | undefined) => {
  if (response === undefined) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : offline()
  }
  if (response.status === NOT_MODIFIED) return new ApiProblem('not-modified', NOT_MODIFIED)
  const problem = problemOf(response.status, error)
  if (problem.code === 'not-signed-in') signedOut()
  return problem
})

interface Sent<T> {
  data?: T | undefined
  response: Response
}

/** What a call of the generated client answers; throws an `ApiProblem` when it is refused. */
export async function ask<T>(sent: Promise<Sent<T>>): Promise<T> {
  return (await reading(sent)).data as T
}

export interface Fresh<T> {
  data: T
  etag: string | null
}

/** The same for a call that carries `If-None-Match`: null when nothing changed. */
export async function askIfChanged<T>(sent: Promise<Sent<T>>): Promise<Fresh<T> | null> {
  try {
    const { data, response } = await reading(sent)
    return { data: data as T, etag: response.headers.get('ETag') }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === NOT_MODIFIED) return null
    throw error
  }
}

/** A page of another origin cannot set this header, so it cannot send commands in our name. */
export const FROM_HERE = { 'X-Sanbai': '1' } as const

/** Headers of a command: the same operation id sent again has the same effect once. */
export function operation(id: string) {
  return { ...FROM_HERE, 'Operation-Id': id }
}

export function ifChanged(etag: string | null): Record<string, string> {
  return etag === null ? {} : { 'If-None-Match': etag }
}

async function reading<T>(sent: Promise<Sent<T>>): Promise<Sent<T>> {
  try {
    return await sent
  } catch (error) {
    if (error instanceof SyntaxError) throw new ApiProblem('unreadable-answer', 200)
    throw error
  }
}
