/** What the tile worker does: fetches, decodes, draws and hit-tests away from the main thread. */
import { featureAt, nearestOnLines } from './hit'
import {
  areaLabels,
  buildingLabels,
  gridLabels,
  placeLabels,
  roadLabels,
  temporaryLabels,
  waterLabels,
} from './labels'
import { type BaseTiles, type PlacedTile, paintBase, paintGrids, paintTemporary } from './paint'
import type {
  FromWorker,
  GridPaint,
  LabelCandidate,
  Lit,
  SourceName,
  TileAddress,
  ToWorker,
} from './protocol'
import { TileCache, TileError } from './tiles'

type Draw = Extract<ToWorker, { type: 'draw' }>

const BASE_SOURCES: SourceName[] = ['water', 'buildings', 'roads', 'areas', 'places']
export const cache = new TileCache()
const live = new Map<string, Draw>()
/** How often each tile was asked to be drawn: only the last time counts. */
const turns = new Map<string, number>()
const hidden = new Set<SourceName>()
let paint: GridPaint = { classes: new Map(), fills: [], missing: '', fillOpacity: 0.5 }
let lit: Lit = { hover: null, selected: null, temporary: null }
/** Local time that temporary grids are shown at; null: all of the day. */
let moment: string | null = null
let english = false
/** Nothing is drawn before it is known where tiles come from: an empty tile would look loaded. */
let ready = false

function send(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer })
}

/** The tile of a source that covers `tile`: itself, or its ancestor at the source's last zoom. */
function covering(name: SourceName, tile: TileAddress): TileAddress {
  const maxzoom = cache.source(name)?.maxzoom ?? tile.z
  const up = Math.max(0, tile.z - maxzoom)
  return { z: tile.z - up, x: tile.x >> up, y: tile.y >> up }
}

async function placed(name: SourceName, tile: TileAddress, sizePx: number): Promise<PlacedTile> {
  const parent = covering(name, tile)
  const decoded = await cache.get(name, parent)
  const times = 2 ** (tile.z - parent.z)
  return {
    tile: decoded,
    scale: (sizePx * times) / decoded.extent,
    offsetX: -(tile.x - parent.x * times) * sizePx,
    offsetY: -(tile.y - parent.y * times) * sizePx,
  }
}

async function draw(request: Draw): Promise<void> {
  if (!ready) return
  const turn = (turns.get(request.key) ?? 0) + 1
  turns.set(request.key, turn)
  const wanted = () => live.get(request.key) === request && turns.get(request.key) === turn
  try {
    const drawn =
      request.sheet === 'base' ? await drawBase(request, wanted) : await drawGrids(request, wanted)
    if (drawn !== null) send(drawn, [drawn.bitmap])
  } catch (error) {
    // A tile that cannot be fetched is reported and leaves the rest of the map standing.
    if (!(error instanceof TileError)) throw error
    send({ type: 'failed', key: request.key, source: error.source, status: error.status })
  }
}

type Drawn = Extract<FromWorker, { type: 'tile' }>

function picture(request: Draw, fill: (canvas: OffscreenCanvasRenderingContext2D) => void) {
  const size = Math.round(request.sizePx * request.dpr)
  const surface = new OffscreenCanvas(size, size)
  const canvas = surface.getContext('2d')
  if (canvas === null) throw new Error('no 2d canvas in this browser')
  canvas.scale(request.dpr, request.dpr)
  fill(canvas)
  return surface.transferToImageBitmap()
}

async function drawBase(request: Draw, wanted: () => boolean): Promise<Drawn | null> {
  const { tile, sizePx } = request
  const zoom = tile.z + 1
  const tiles: BaseTiles = {}
  await Promise.all(
    BASE_SOURCES.map(async (name) => {
      tiles[name] = await placed(name, tile, sizePx)
    }),
  )
  if (!wanted()) return null
  const labels: LabelCandidate[] = []
  if (tiles.areas && !hidden.has('areas')) labels.push(...areaLabels(tiles.areas, zoom, english))
  if (tiles.places) labels.push(...placeLabels(tiles.places, zoom, english))
  if (tiles.water) labels.push(...waterLabels(tiles.water, zoom, english))
  if (tiles.roads && !hidden.has('roads')) labels.push(...roadLabels(tiles.roads, zoom, english))
  if (tiles.buildings && !hidden.has('buildings')) {
    labels.push(...buildingLabels(tiles.buildings, zoom, english))
  }
  const bitmap = picture(request, (canvas) => paintBase(canvas, tiles, zoom, sizePx, hidden))
  return { type: 'tile', key: request.key, bitmap, labels }
}

async function drawGrids(request: Draw, wanted: () => boolean): Promise<Drawn | null> {
  const { tile, sizePx } = request
  const [grids, temporary] = await Promise.all([
    placed('grids', tile, sizePx),
    placed('temporary', tile, sizePx),
  ])
  if (!wanted()) return null
  const shown = hidden.has('grids') ? undefined : grids
  const over = hidden.has('temporary') ? undefined : underWay(temporary)
  const zoom = tile.z + 1
  const labels = shown ? gridLabels(shown, zoom, english) : []
  if (over) labels.push(...temporaryLabels(over, zoom, english))
  const bitmap = picture(request, (canvas) => {
    paintGrids(canvas, shown, paint, zoom, lit)
    paintTemporary(canvas, over, sizePx, lit)
  })
  return { type: 'tile', key: request.key, bitmap, labels }
}

/** Only the temporary grids within their hours. */
function underWay(placed: PlacedTile): PlacedTile {
  const at = moment
  if (at === null) return placed
  const features = placed.tile.features.filter(
    ({ properties: { begins, ends } }) => String(begins) <= at && at < String(ends),
  )
  return { ...placed, tile: { ...placed.tile, features } }
}

function redraw(wanted: (request: Draw) => boolean): void {
  for (const request of live.values()) if (wanted(request)) void draw(request)
}

/** Only tiles that hold a grid whose highlight or colour changed are drawn again. */
async function redrawAround(ids: ReadonlySet<number | null>): Promise<void> {
  for (const request of [...live.values()]) {
    if (request.sheet !== 'grids') continue
    const where = await placed('grids', request.tile, 1).catch((error: unknown) => {
      if (error instanceof TileError) return null
      throw error
    })
    if (where?.tile.features.some(({ id }) => id !== null && ids.has(id))) void draw(request)
  }
}

async function hit(request: Extract<ToWorker, { type: 'hit' }>): Promise<void> {
  const { source, tile, at } = request
  const where = await placed(source, tile, 1).catch((error: unknown) => {
    if (error instanceof TileError) return null
    throw error
  })
  if (where === null) {
    send({ type: 'hit', request: request.request, hit: null })
    return
  }
  const x = (at[0] - where.offsetX) / where.scale
  const y = (at[1] - where.offsetY) / where.scale
  const { tile: seen } = source === 'temporary' ? underWay(where) : where
  const feature = hidden.has(source) ? null : featureAt(seen, x, y)
  send({
    type: 'hit',
    request: request.request,
    hit: feature && { source, id: feature.id, properties: feature.properties },
  })
}

const LINES: SourceName[] = ['grids', 'roads', 'areas']

async function snap(request: Extract<ToWorker, { type: 'snap' }>): Promise<void> {
  const { tile, at, within } = request
  let best: { at: [number, number]; distance: number } | null = null
  for (const name of LINES) {
    const where = await placed(name, tile, 1).catch((error: unknown) => {
      if (error instanceof TileError) return null
      throw error
    })
    if (where === null || hidden.has(name)) continue
    const { scale, offsetX, offsetY } = where
    const [x, y] = [(at[0] - offsetX) / scale, (at[1] - offsetY) / scale]
    const found = nearestOnLines(where.tile.features, x, y, within / scale)
    if (found === null || (best !== null && found.distance * scale >= best.distance)) continue
    best = {
      at: [found.x * scale + offsetX, found.y * scale + offsetY],
      distance: found.distance * scale,
    }
  }
  send({ type: 'snapped', request: request.request, at: best?.at ?? null })
}

export function receive(message: ToWorker): void {
  switch (message.type) {
    case 'sources':
      cache.setSources(message.sources)
      ready = true
      redraw(() => true)
      break
    case 'draw':
      live.set(message.key, message)
      void draw(message)
      break
    case 'drop':
      live.delete(message.key)
      turns.delete(message.key)
      break
    case 'paint':
      paint = message.paint
      redraw((request) => request.sheet === 'grids')
      break
    case 'recolour':
      for (const [id, index] of message.classes) paint.classes.set(id, index)
      void redrawAround(new Set(message.classes.keys()))
      break
    case 'highlight': {
      const changed = [lit.hover, lit.selected, message.lit.hover, message.lit.selected]
      const other = lit.temporary !== message.lit.temporary
      lit = message.lit
      if (other) redraw((request) => request.sheet === 'grids')
      else void redrawAround(new Set(changed))
      break
    }
    case 'moment':
      if (message.at === moment) break
      moment = message.at
      redraw((request) => request.sheet === 'grids')
      break
    case 'language':
      english = message.english
      redraw(() => true)
      break
    case 'visible':
      hidden.clear()
      for (const name of message.hidden) hidden.add(name)
      redraw(() => true)
      break
    case 'hit':
      void hit(message)
      break
    case 'snap':
      void snap(message)
  }
}
