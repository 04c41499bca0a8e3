/** Recording by the phone's microphone: a tap begins, a tap ends, and it ends by itself. */
import { reactive } from 'vue'

/** The server takes a little more. */
export const LONGEST_MS = 120_000
/** Speech needs no more, and two minutes come to half a megabyte. */
const BITS_PER_SECOND = 32_000
const SHORTEST_MS = 400
const LOOK_EACH_MS = 100
/** Safari records none but the last. */
const KINDS = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

export type Trouble = 'denied' | 'none' | 'busy' | 'insecure' | 'unsupported' | 'empty'

export interface Recorded {
  bytes: ArrayBuffer
  mediaType: string
  durationMs: number
}

/** Why there can be no recording here at all; null: there can. */
export function whyNot(): Trouble | null {
  if (!window.isSecureContext) return 'insecure'
  if (navigator.mediaDevices?.getUserMedia === undefined) return 'unsupported'
  return typeof MediaRecorder === 'undefined' ? 'unsupported' : null
}

const active = new Set<Recorder>()
const underway = new Set<Promise<void>>()

/** Ends what is being recorded; done once all of it is kept. */
export async function endRecordings(): Promise<void> {
  for (const one of active) one.end()
  await Promise.all(underway)
}

const REFUSALS: Record<string, Trouble> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
  NotSupportedError: 'unsupported',
}

export class Recorder {
  readonly shown = reactive({
    state: 'idle' as 'idle' | 'asking' | 'recording',
    elapsedMs: 0,
    /** Loudness, 0 to 1. */
    level: 0,
    trouble: null as Trouble | null,
  })
  private stream: MediaStream | null = null
  private sound: AudioContext | null = null
  private media: MediaRecorder | null = null
  private looking: ReturnType<typeof setInterval> | undefined
  private beganMs = 0
  private left = false
  private readonly keep: (recorded: Recorded) => Promise<void>

  /** `keep` is given what was recorded, however it ended. */
  constructor(keep: (recorded: Recorded) => Promise<void>) {
    this.keep = keep
  }

  async begin(): Promise<void> {
    if (this.shown.state !== 'idle') return
    this.shown.trouble = whyNot()
    if (this.shown.trouble !== null) return
    this.shown.state = 'asking'
    this.left = false
    active.add(this)
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      // The page was left while the phone asked.
      if (this.left) return this.letGo()
      this.listen(this.stream)
    } catch (error) {
      this.letGo()
      const trouble = error instanceof DOMException ? REFUSALS[error.name] : undefined
      if (trouble === undefined) throw error
      this.shown.trouble = trouble
    }
  }

  /** Ends it and keeps what there is. */
  end(): void {
    this.left = true
    if (this.media?.state === 'recording') this.media.stop()
  }

  private listen(stream: MediaStream): void {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind))
    const media = new MediaRecorder(stream, {
      audioBitsPerSecond: BITS_PER_SECOND,
      ...(mimeType === undefined ? {} : { mimeType }),
    })
    const pieces: Blob[] = []
    media.ondataavailable = ({ data }) => pieces.push(data)
    const kept = new Promise<void>((resolve) => {
      media.onstop = () => void this.finish(pieces, media.mimeType).finally(resolve)
    })
    underway.add(kept)
    void kept.then(() => underway.delete(kept))
    media.start()
    this.media = media
    this.beganMs = performance.now()
    this.shown.state = 'recording'
    this.shown.elapsedMs = 0
    const loudness = this.meter(stream)
    this.looking = setInterval(() => {
      this.shown.elapsedMs = performance.now() - this.beganMs
      this.shown.level = loudness()
      if (this.shown.elapsedMs >= LONGEST_MS) this.end()
    }, LOOK_EACH_MS)
  }

  private meter(stream: MediaStream): () => number {
    if (typeof AudioContext === 'undefined') return () => 0
    this.sound = new AudioContext()
    const analyser = this.sound.createAnalyser()
    this.sound.createMediaStreamSource(stream).connect(analyser)
    const samples = new Uint8Array(analyser.fftSize)
    return () => {
      analyser.getByteTimeDomainData(samples)
      return Math.max(...samples.map((one) => Math.abs(one - 128))) / 128
    }
  }

  private async finish(pieces: Blob[], mediaType: string): Promise<void> {
    const durationMs = Math.min(Math.round(performance.now() - this.beganMs), LONGEST_MS)
    this.letGo()
    const bytes = await new Blob(pieces).arrayBuffer()
    if (bytes.byteLength === 0 || durationMs < SHORTEST_MS) this.shown.trouble = 'empty'
    else await this.keep({ bytes, mediaType: mediaType.split(';')[0] ?? '', durationMs })
  }

  private letGo(): void {
    clearInterval(this.looking)
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    void this.sound?.close()
    this.stream = null
    this.sound = null
    this.media = null
    this.shown.state = 'idle'
    active.delete(this)
  }
}
