/** The live stream of one page: what changes is told while it happens. */
import type { CasePoints, StatusColumns } from '@/api/types'

/** What a stream can ask to be loaded anew. */
export type Again = 'status' | 'cases' | 'layers'

export type StatusDelta = Omit<StatusColumns, 'cursor' | 'full' | 'as_of'>

export type CaseNews = Omit<CasePoints, 'count' | 'truncated'> & {
  /** Cases that are seen no longer. */
  gone: string[]
}

export interface Layers {
  day: string | null
  versions: Record<string, number>
}

export interface LiveEvents {
  status: (columns: StatusDelta) => void
  cases: (columns: CaseNews) => void
  layers: (layers: Layers) => void
  reload: (what: Again[]) => void
  /** Everything up to this cursor has been told; the stream lives. */
  told: (cursor: string) => void
  /** The stream is over: it broke off, fell silent, could not be opened, or rights changed. */
  over: (why: 'lost' | 'rights') => void
}

/** Beats come every fifteen seconds: after two of them are missed nothing more will come. */
const SILENT_MS = 40_000

export class LiveStream {
  private source: EventSource | null = null
  private silence: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly events: LiveEvents) {}

  get isOpen(): boolean {
    return this.source !== null
  }

  /** Opens the stream; what changed since the cursor is told first. */
  open(cursor: string): void {
    this.close()
    const source = new EventSource(`/api/v1/live?since=${encodeURIComponent(cursor)}`)
    this.source = source
    this.listen()
    const on = <T>(name: string, act: (data: T, cursor: string) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (source !== this.source) return
        this.listen()
        act(JSON.parse(event.data) as T, event.lastEventId)
      })
    on('status', this.events.status)
    on('cases', this.events.cases)
    on('layers', this.events.layers)
    on<{ what: Again[] }>('reload', ({ what }) => this.events.reload(what))
    on('told', (_, at) => this.events.told(at))
    on('beat', (_, at) => this.events.told(at))
    on<{ reason: string }>('end', ({ reason }) => this.end(reason === 'rights' ? 'rights' : 'lost'))
    // The browser would come back by itself, all at once with all others and without end.
    source.onerror = () => {
      if (source === this.source) this.end('lost')
    }
  }

  close(): void {
    clearTimeout(this.silence)
    this.source?.close()
    this.source = null
  }

  private listen(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => this.end('lost'), SILENT_MS)
  }

  private end(why: 'lost' | 'rights'): void {
    this.close()
    this.events.over(why)
  }
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 20_000

/** How long to wait before the next attempt: longer each time, and not when all others do. */
export function waitMs(attempt: number, chance = Math.random()): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)
  return most * (0.5 + chance / 2)
}
