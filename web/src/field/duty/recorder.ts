/**
 * The duty that runs on this phone: begun, its positions gathered, ended.
 *
 * Each position is written down as it comes and put into the outbox by and by, so that a page that
 * is killed loses none. What lies outside the duty's grids never gets that far.
 */
import { reactive, shallowRef } from 'vue'
import { uuid7 } from '@/lib/uuid7'
import type { Area } from '../mine/distance'
import { metresToArea } from '../mine/distance'
import { type Here, onFix, startWatching, stopWatching } from '../mine/position'
import { enqueue, forget, recall, remember } from '../outbox'
import { keepScreenOn, watchBattery } from './power'
import type { Fix } from './track'

export type Kind = 'patrol' | 'inspection'

export interface Duty {
  shiftId: string
  /** The operation that begins it: all others need it. */
  beginId: string
  kind: Kind
  grids: { id: number; name: string; area: Area }[]
  tracked: boolean
  startedAt: string
  screenOn: boolean
  /** Why no track is kept any more, though one was begun. */
  trackEnded: 'battery' | 'by-hand' | null
  nextSeq: number
  chunks: number
  /** Parts of streets ticked off by hand, and by which operation. */
  ticked: Record<number, string>
}

const KEY = 'duty'
const BUFFER = 'duty-buffer'
const chunkKey = (shiftId: string, n: number) => `track-${shiftId}-${n}`
const endedKey = (shiftId: string) => `duty-${shiftId}`
const KEPT = 'duties'
const MOST_KEPT = 3
type KeptTrack = Pick<Duty, 'shiftId' | 'chunks'>
/** Metres beyond the grids that still belong to the duty. */
export const BESIDE_M = 200
const MOST_BUFFERED = 40
const LONGEST_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
/** A fix is kept when so much has changed. */
const [LEAST_M_S, LEAST_WAY] = [5_000, 3]

export const running = reactive({ duty: null as Duty | null, loaded: false, left: 0 })
/** All positions of the running duty. */
export const fixes = shallowRef<Fix[]>([])
let buffer: Fix[] = []
let endings: (() => void)[] = []
let queueing: Promise<void> = Promise.resolve()

/** One after the other: two fixes at once must not both take the same number. */
function inTurn(work: () => Promise<void>): Promise<void> {
  queueing = queueing.then(work, work)
  return queueing
}

/** Goes on with a duty that was begun before the page was closed or killed. */
export async function resumeDuty(): Promise<void> {
  if (running.loaded) return
  running.duty = await recall<Duty>(KEY)
  running.loaded = true
  if (running.duty === null) return
  const { shiftId, chunks } = running.duty
  buffer = (await recall<Fix[]>(BUFFER)) ?? []
  fixes.value = [...(await readFixes(shiftId, chunks)), ...buffer]
  if (isTracking(running.duty)) record()
}

export async function readFixes(shiftId: string, chunks: number): Promise<Fix[]> {
  const parts = Array.from({ length: chunks }, (_, n) => recall<Fix[]>(chunkKey(shiftId, n)))
  return (await Promise.all(parts)).flatMap((part) => part ?? [])
}

/** Forgets what is in memory: another account has another duty. */
export function leaveDuty(): void {
  stopRecording()
  Object.assign(running, { duty: null, loaded: false, left: 0 })
  fixes.value = []
  buffer = []
}

export function isTracking(duty: Duty): boolean {
  return duty.tracked && duty.trackEnded === null
}

async function keep(): Promise<void> {
  if (running.duty !== null) await remember(KEY, { ...running.duty })
}

export type NewDuty = Pick<Duty, 'kind' | 'grids' | 'tracked' | 'screenOn'>

export async function beginDuty(asked: NewDuty): Promise<void> {
  const [shiftId, beginId, startedAt] = [uuid7(), uuid7(), new Date().toISOString()]
  const { kind, grids, tracked } = asked
  const body = { id: shiftId, kind, grid_ids: grids.map(({ id }) => id), tracked }
  await enqueue([
    {
      ...{ id: beginId, path: '/api/v1/shifts', body: { ...body, started_at: startedAt } },
      label: { key: 'fieldWork.label.begin', params: {} },
      subject: { shiftId },
    },
  ])
  fixes.value = []
  buffer = []
  running.left = 0
  running.duty = {
    ...asked,
    ...{ shiftId, beginId, startedAt, trackEnded: null, nextSeq: 0, chunks: 0, ticked: {} },
  }
  await keep()
  if (tracked) record()
}

function record(): void {
  stopRecording()
  startWatching()
  const beat = setInterval(() => void flush(), MINUTE_MS)
  const away = () => {
    if (document.visibilityState === 'hidden') void flush()
  }
  document.addEventListener('visibilitychange', away)
  endings = [
    stopWatching,
    onFix((here) => void inTurn(() => take(here))),
    watchBattery(() => void endTrack('battery')),
    () => clearInterval(beat),
    () => document.removeEventListener('visibilitychange', away),
  ]
  void keepScreenOn(running.duty?.screenOn ?? false)
}

function stopRecording(): void {
  for (const end of endings.splice(0)) end()
  void keepScreenOn(false)
}

async function take(here: Here): Promise<void> {
  const { duty } = running
  if (duty === null || !isTracking(duty)) return
  const last = fixes.value.at(-1)
  if (here.at < Date.parse(duty.startedAt) - MINUTE_MS) return
  if (last !== undefined && here.at - last.at < LEAST_M_S && !moved(last, here)) return
  if (duty.grids.every(({ area }) => metresToArea(here, area) > BESIDE_M)) {
    running.left += 1
    return
  }
  const { lon, lat, accuracyM } = here
  // By our own count of time: a fix may bear the moment just before duty began.
  const at = Math.max(here.at, Date.parse(duty.startedAt))
  const fix = { seq: duty.nextSeq, at, lon, lat, accuracyM }
  duty.nextSeq += 1
  buffer.push(fix)
  fixes.value = [...fixes.value, fix]
  await remember(BUFFER, buffer)
  await keep()
  if (buffer.length >= MOST_BUFFERED) await send()
}

function moved(last: Fix, here: Here): boolean {
  const way = Math.hypot(here.lon - last.lon, here.lat - last.lat) * 100_000
  return way >= LEAST_WAY && here.at > last.at
}

export function flush(): Promise<void> {
  return inTurn(send)
}

/** Puts what was gathered into the outbox; under the same numbers it would count once. */
async function send(): Promise<void> {
  const { duty } = running
  if (duty === null || buffer.length === 0) return
  const points = buffer.map(({ seq, at, lon, lat, accuracyM }) => ({
    ...{ seq, occurred_at: new Date(at).toISOString(), lon, lat, accuracy_m: accuracyM },
  }))
  await enqueue([
    {
      ...{ id: uuid7(), path: `/api/v1/shifts/${duty.shiftId}/points`, needs: [duty.beginId] },
      body: { points, datum: 'wgs84' },
      label: { key: 'fieldWork.label.points', params: { n: points.length } },
      subject: { shiftId: duty.shiftId },
    },
  ])
  await remember(chunkKey(duty.shiftId, duty.chunks), buffer)
  duty.chunks += 1
  buffer = []
  await keep()
  await forget(BUFFER)
}

/** No track any more; the duty goes on. */
export async function endTrack(why: 'battery' | 'by-hand'): Promise<void> {
  if (running.duty === null) return
  await flush()
  running.duty.trackEnded = why
  await keep()
  stopRecording()
}

export async function changeScreen(on: boolean): Promise<void> {
  if (running.duty === null) return
  running.duty.screenOn = on
  await keep()
  await keepScreenOn(on)
}

/** Says that parts of streets were walked, or that a checkpoint was passed. */
export async function tick(streets: { part_id?: number; code?: string }[]): Promise<string | null> {
  const { duty } = running
  if (duty === null) return null
  const id = uuid7()
  const occurred_at = new Date().toISOString()
  const told = streets.map((one) => ({
    ...one,
    ...{ how: one.code === undefined ? 'ticked' : 'checkpoint', occurred_at },
  }))
  const operation = {
    ...{ id, path: `/api/v1/shifts/${duty.shiftId}/streets`, needs: [duty.beginId] },
    body: { streets: told },
    label: { key: 'fieldWork.label.streets', params: { n: told.length } },
    subject: { shiftId: duty.shiftId },
  }
  await enqueue([operation], [], { holdMs: 5_000 })
  for (const { part_id: part } of streets) if (part !== undefined) duty.ticked[part] = id
  await keep()
  return id
}

export async function untick(partId: number): Promise<void> {
  if (running.duty === null) return
  delete running.duty.ticked[partId]
  await keep()
}

/** A duty that ended on this phone, for its summary. */
export interface Ended {
  duty: Duty
  endedAt: string
}

export async function endDuty(): Promise<Ended | null> {
  if (running.duty === null) return null
  await flush()
  stopRecording()
  const duty = { ...running.duty }
  // Whoever forgot to end it: no duty lasts longer than a day.
  const endMs = Math.min(Date.now(), Date.parse(duty.startedAt) + LONGEST_MS)
  const endedAt = new Date(endMs).toISOString()
  await enqueue([
    {
      ...{ id: uuid7(), path: `/api/v1/shifts/${duty.shiftId}/end`, needs: [duty.beginId] },
      body: { ended_at: endedAt },
      label: { key: 'fieldWork.label.end', params: {} },
      subject: { shiftId: duty.shiftId },
    },
  ])
  const ended = { duty, endedAt }
  await remember(endedKey(duty.shiftId), ended)
  await forgetOld(duty)
  await forget(KEY)
  running.duty = null
  return ended
}

export function endedDuty(shiftId: string): Promise<Ended | null> {
  return recall<Ended>(endedKey(shiftId))
}

/** Tracks of duties before the last ones stay with the server alone. */
async function forgetOld({ shiftId, chunks }: Duty): Promise<void> {
  const kept = [{ shiftId, chunks }, ...((await recall<KeptTrack[]>(KEPT)) ?? [])]
  for (const old of kept.splice(MOST_KEPT)) {
    await forget(endedKey(old.shiftId))
    for (let n = 0; n < old.chunks; n++) await forget(chunkKey(old.shiftId, n))
  }
  await remember(KEPT, kept)
}
