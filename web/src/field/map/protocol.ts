import type { Source, SourceName } from '@/map/worker/protocol'

export type Sources = Partial<Record<SourceName, Source>>

/** The map taken along, if there is one, and where all else comes from, if there is a network. */
export interface TakeAlong {
  type: 'takeAlong'
  bytes: ArrayBuffer | null
  sources: Sources
}
