/** The field app's tile worker: the map taken along first, then the network. */
import type { ToWorker } from '@/map/worker/protocol'
import { cache, receive } from '@/map/worker/run'
import { openArchive } from './archive'
import type { TakeAlong } from './protocol'

async function take({ bytes, sources }: TakeAlong): Promise<void> {
  const opened = bytes === null ? null : await openArchive(bytes)
  cache.setArchive(opened)
  receive({ type: 'sources', sources: opened === null ? sources : opened.over(sources) })
}

self.onmessage = ({ data }: MessageEvent<ToWorker | TakeAlong>) => {
  if (data.type === 'takeAlong') void take(data)
  else receive(data)
}
