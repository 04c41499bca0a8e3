/**
 * Where and when a picture was taken, as EXIF tells it: read from what the camera made and written
 * into what the phone made smaller of it. Tags and types are those of TIFF 6.0 and Exif 2.32.
 */

export interface Taken {
  /** `2026:11:22 09:02:03`, by the clock of the place. */
  local?: string
  /** `+08:00` */
  offset?: string
  lon?: number
  lat?: number
  /** As the camera names it; none: it did not say. */
  datum?: string
}

const TAGS = {
  exif: 0x8769,
  gps: 0x8825,
  local: 0x9003,
  offset: 0x9011,
  northOrSouth: 0x01,
  lat: 0x02,
  eastOrWest: 0x03,
  lon: 0x04,
  datum: 0x12,
} as const
const [ASCII, LONG, RATIONAL] = [2, 4, 5]
const SIZES: Record<number, number> = { 1: 1, [ASCII]: 1, 3: 2, [LONG]: 4, [RATIONAL]: 8, 7: 1 }
const SOI = 0xffd8
const APP1 = 0xffe1
const SOS = 0xffda
const MARK = 'Exif\0\0'

interface Entry {
  type: number
  count: number
  /** Of its value, from the beginning of the TIFF part. */
  at: number
}

class Tiff {
  private readonly little: boolean

  constructor(private readonly view: DataView) {
    this.little = view.getUint16(0) === 0x4949
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.little)
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.little)
  }

  directory(at: number): Map<number, Entry> {
    const entries = new Map<number, Entry>()
    for (let i = 0; i < this.u16(at); i++) {
      const entry = at + 2 + 12 * i
      const [type, count] = [this.u16(entry + 2), this.u32(entry + 4)]
      const inline = (SIZES[type] ?? 1) * count <= 4
      entries.set(this.u16(entry), { type, count, at: inline ? entry + 8 : this.u32(entry + 8) })
    }
    return entries
  }

  text(entry: Entry | undefined): string | undefined {
    if (entry === undefined || entry.type !== ASCII) return undefined
    const codes = Array.from({ length: entry.count }, (_, i) => this.view.getUint8(entry.at + i))
    const words = String.fromCharCode(...codes.slice(0, 40))
    return words.split('\0')[0]?.trim() || undefined
  }

  degrees(entry: Entry | undefined): number | undefined {
    if (entry === undefined || entry.type !== RATIONAL || entry.count !== 3) return undefined
    const [whole, minutes, seconds] = [0, 1, 2].map(
      (i) => this.u32(entry.at + 8 * i) / this.u32(entry.at + 8 * i + 4),
    ) as [number, number, number]
    const value = whole + minutes / 60 + seconds / 3600
    return Number.isFinite(value) ? value : undefined
  }
}

/** What a JPEG says of where and when; nothing when it says nothing that can be read. */
export function readTaken(jpeg: ArrayBuffer): Taken {
  try {
    const tiff = findTiff(new DataView(jpeg))
    return tiff === null ? {} : takenOf(tiff)
  } catch (error) {
    // Pointers that lead out of the file: it was cut, or written wrongly.
    if (error instanceof RangeError) return {}
    throw error
  }
}

function findTiff(file: DataView): Tiff | null {
  if (file.byteLength < 4 || file.getUint16(0) !== SOI) return null
  for (let at = 2; at + 4 <= file.byteLength; ) {
    const [marker, length] = [file.getUint16(at), file.getUint16(at + 2)]
    if (marker === SOS || marker < 0xff00) return null
    const mark = [0, 1, 2, 3, 4, 5].map((i) => String.fromCharCode(file.getUint8(at + 4 + i)))
    if (marker === APP1 && mark.join('') === MARK)
      return new Tiff(new DataView(file.buffer, file.byteOffset + at + 10, length - 8))
    at += 2 + length
  }
  return null
}

function takenOf(tiff: Tiff): Taken {
  const first = tiff.directory(tiff.u32(4))
  const inner = (tag: number) => {
    const pointer = first.get(tag)
    return pointer === undefined ? new Map<number, Entry>() : tiff.directory(tiff.u32(pointer.at))
  }
  const [own, gps] = [inner(TAGS.exif), inner(TAGS.gps)]
  const [lat, lon] = [tiff.degrees(gps.get(TAGS.lat)), tiff.degrees(gps.get(TAGS.lon))]
  const south = tiff.text(gps.get(TAGS.northOrSouth)) === 'S'
  const west = tiff.text(gps.get(TAGS.eastOrWest)) === 'W'
  // Cameras without satellites write zeros.
  const known = lat !== undefined && lon !== undefined && (lat !== 0 || lon !== 0)
  const told = {
    local: tiff.text(own.get(TAGS.local)),
    offset: tiff.text(own.get(TAGS.offset)),
    ...(known ? { lat: south ? -lat : lat, lon: west ? -lon : lon } : {}),
    datum: known ? tiff.text(gps.get(TAGS.datum)) : undefined,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
}

/** The same JPEG with where and when in it; without either it stays as it is. */
export function withTaken(jpeg: ArrayBuffer, taken: Taken): ArrayBuffer {
  if (taken.local === undefined && taken.lon === undefined) return jpeg
  const notes = segmentOf(taken)
  const whole = new Uint8Array(jpeg.byteLength + notes.length)
  whole.set(new Uint8Array(jpeg, 0, 2))
  whole.set(notes, 2)
  whole.set(new Uint8Array(jpeg, 2), 2 + notes.length)
  return whole.buffer
}

type Value = [tag: number, type: number, count: number, bytes: number[]]

const big = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256)
const ascii = (words: string): number[] => [...words, '\0'].map((one) => one.charCodeAt(0) & 0x7f)

function textValue(tag: number, words: string): Value {
  const bytes = ascii(words)
  return [tag, ASCII, bytes.length, bytes]
}

/** Degrees, minutes and ten-thousandths of seconds: some millimetres. */
function degreesValue(tag: number, degrees: number): Value {
  const fine = Math.round(Math.abs(degrees) * 36_000_000)
  const parts = [
    [Math.floor(fine / 36_000_000), 1],
    [Math.floor(fine / 600_000) % 60, 1],
    [fine % 600_000, 10_000],
  ]
  return [tag, RATIONAL, 3, parts.flat().flatMap((part) => big(part, 4))]
}

/** A directory that begins `at` bytes after the TIFF header's first; longer values follow it. */
function directoryBytes(values: Value[], at: number): number[] {
  const head: number[] = big(values.length, 2)
  const tail: number[] = []
  const behind = at + 2 + 12 * values.length + 4
  for (const [tag, type, count, bytes] of values) {
    const inline = bytes.length <= 4
    head.push(...big(tag, 2), ...big(type, 2), ...big(count, 4))
    head.push(...(inline ? [...bytes, 0, 0, 0, 0].slice(0, 4) : big(behind + tail.length, 4)))
    if (!inline) tail.push(...bytes, ...(bytes.length % 2 ? [0] : []))
  }
  return [...head, 0, 0, 0, 0, ...tail]
}

function segmentOf({ local, offset, lon, lat, datum }: Taken): Uint8Array {
  const own: Value[] = []
  if (local !== undefined) own.push(textValue(TAGS.local, local))
  if (offset !== undefined) own.push(textValue(TAGS.offset, offset))
  const gps: Value[] = []
  if (lon !== undefined && lat !== undefined) {
    gps.push(textValue(TAGS.northOrSouth, lat < 0 ? 'S' : 'N'), degreesValue(TAGS.lat, lat))
    gps.push(textValue(TAGS.eastOrWest, lon < 0 ? 'W' : 'E'), degreesValue(TAGS.lon, lon))
    if (datum !== undefined) gps.push(textValue(TAGS.datum, datum))
  }
  const firstAt = 8
  const exifAt = firstAt + 2 + 12 * 2 + 4
  const exif = directoryBytes(own, exifAt)
  const gpsAt = exifAt + exif.length
  const first = directoryBytes(
    [
      [TAGS.exif, LONG, 1, big(exifAt, 4)],
      [TAGS.gps, LONG, 1, big(gpsAt, 4)],
    ],
    firstAt,
  )
  const header = [0x4d, 0x4d, ...big(42, 2), ...big(firstAt, 4)]
  const tiff = [...header, ...first, ...exif, ...directoryBytes(gps, gpsAt)]
  const body = [...[...MARK].map((one) => one.charCodeAt(0)), ...tiff]
  return new Uint8Array([...big(APP1, 2), ...big(body.length + 2, 2), ...body])
}
