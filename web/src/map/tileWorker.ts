/** The main thread's end of the tile worker. */
import type { FromWorker, Hit, SourceName, TileAddress, ToWorker } from './worker/protocol'
import TileWorkerScript from './worker/worker?worker'

type Drawn = Extract<FromWorker, { type: 'tile' }>
/** Told of each drawing of a tile; null when it could not be fetched. */
type TileListener = (drawn: Drawn | null) => void

export class TileWorker {
  private readonly listeners = new Map<string, TileListener>()
  private readonly hits = new Map<number, (hit: Hit | null) => void>()
  private readonly snaps = new Map<number, (at: [number, number] | null) => void>()
  private requests = 0
  /** Told when a tile could not be fetched (HTTP status, 0 when the network is gone). */
  onFailure: (source: SourceName, status: number) => void = () => undefined

  constructor(private readonly worker: Worker = new TileWorkerScript()) {
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => this.receive(event.data)
  }

  send(message: ToWorker): void {
    this.worker.postMessage(message)
  }

  /** Draws a tile now and again whenever its paint changes, until it is dropped. */
  draw(message: Extract<ToWorker, { type: 'draw' }>, listener: TileListener): void {
    this.listeners.set(message.key, listener)
    this.send(message)
  }

  drop(key: string): void {
    this.listeners.delete(key)
    this.send({ type: 'drop', key })
  }

  hit(source: SourceName, tile: TileAddress, at: [number, number]): Promise<Hit | null> {
    const request = ++this.requests
    return new Promise((resolve) => {
      this.hits.set(request, resolve)
      this.send({ type: 'hit', request, source, tile, at })
    })
  }

  /** The nearest point on a line of the map, as shares of the tile's sides. */
  snap(tile: TileAddress, at: [number, number], within: number): Promise<[number, number] | null> {
    const request = ++this.requests
    return new Promise((resolve) => {
      this.snaps.set(request, resolve)
      this.send({ type: 'snap', request, tile, at, within })
    })
  }

  close(): void {
    this.worker.terminate()
  }

  private receive(message: FromWorker): void {
    if (message.type === 'tile') {
      const listener = this.listeners.get(message.key)
      if (listener === undefined) message.bitmap.close()
      else listener(message)
    } else if (message.type === 'hit') {
      this.hits.get(message.request)?.(message.hit)
      this.hits.delete(message.request)
    } else if (message.type === 'snapped') {
      this.snaps.get(message.request)?.(message.at)
      this.snaps.delete(message.request)
    } else {
      this.listeners.get(message.key)?.(null)
      this.onFailure(message.source, message.status)
    }
  }
}
