/** Hotspot runs and what they found. */
import { client } from '@/client/client.gen'
import { ask, operation } from './ask'
import type { Density, HotspotItem, HotspotRun } from './types'

type Reply<T> = Promise<{ data?: T; response: Response }>

export function hotspotRuns(unit: 'h3' | 'grid', signal: AbortSignal): Promise<HotspotRun[]> {
  const sent = client.get({ url: '/api/v1/hotspots/runs', query: { unit, limit: 200 }, signal })
  return ask(sent as Reply<{ items: HotspotRun[] }>).then(({ items }) => items)
}

export function hotspotItems(run: HotspotRun, signal: AbortSignal): Promise<HotspotItem[]> {
  const query = { unit: run.unit, from: run.period_from, to: run.period_to }
  const sent = client.get({ url: '/api/v1/hotspots', query, signal })
  return ask(sent as Reply<{ items: HotspotItem[] }>).then(({ items }) => items)
}

export function hotspotDensity(run: number, signal: AbortSignal): Promise<Density> {
  const sent = client.get({ url: '/api/v1/hotspots/density', query: { run }, signal })
  return ask(sent as Reply<Density>)
}

export async function computeHotspots(
  body: { unit: string; from: string; to: string },
  operationId: string,
): Promise<void> {
  await ask(
    client.post({
      url: '/api/v1/hotspots/runs',
      body,
      headers: operation(operationId),
    }) as Reply<unknown>,
  )
}
