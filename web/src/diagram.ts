import Viewer from 'bpmn-js/lib/Viewer'
import MoveCanvas from 'diagram-js/lib/navigation/movecanvas'
import 'bpmn-js/dist/assets/diagram-js.css'
import './styles/diagram.css'
import type { DiagramProcess } from './api/types'

interface Canvas {
  addMarker(id: string, marker: string): void
  removeMarker(id: string, marker: string): void
  zoom(to?: number | 'fit-viewport'): number
  viewbox(box?: Box): Box & { inner: Box }
  resized(): void
}
interface Box {
  x: number
  y: number
  width: number
  height: number
}
interface Registry {
  get(id: string): Box | undefined
  forEach(each: (element: { id: string; parent?: unknown; waypoints?: { x: number; y: number }[] }) => void): void
}

/** A bpmn-js viewer in our colours. Its watermark stays; we only give the link a name. */
export function createViewer(container: HTMLElement, watermark: string): Viewer {
  const viewer = new Viewer({
    container,
    additionalModules: [MoveCanvas],
    bpmnRenderer: { defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--line-ctl)', defaultLabelColor: 'var(--ink)' },
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 14 }, externalStyle: { fontSize: 13 } },
  })
  container.querySelector('.bjs-powered-by')?.setAttribute('aria-label', watermark)
  return viewer
}

interface Overlays {
  add(id: string, type: string, overlay: { position: { bottom: number; left: number }; html: HTMLElement }): void
  remove(of: { type: string }): void
}

const marks = ['done', 'now', 'stuck', 'went']

/** Shows where the process stands and which way it came. */
export function mark(viewer: Viewer, process: DiagramProcess) {
  const canvas = viewer.get<Canvas>('canvas')
  const registry = viewer.get<Registry>('elementRegistry')
  registry.forEach(({ id }) => marks.forEach((m) => canvas.removeMarker(id, m)))
  const add = (id: string, m: string) => registry.get(id) && canvas.addMarker(id, m)
  for (const [id, state] of Object.entries(process.elements)) {
    if (state === 'incident') add(id, 'stuck')
    else if (state === 'active') add(id, 'now')
    else if (state === 'completed') add(id, 'done')
  }
  process.tokens.forEach((token) => add(token.elementId, 'now'))
  process.flows.forEach((id) => add(id, 'went'))
  append(viewer, process)
}

const boxed = 32 // what an added step takes below its task

/** Draws the steps of this case alone, which the model does not have, as dashed boxes below the task that they stand behind. */
function append(viewer: Viewer, process: DiagramProcess) {
  const overlays = viewer.get<Overlays>('overlays')
  const registry = viewer.get<Registry>('elementRegistry')
  overlays.remove({ type: 'appended' })
  const below = new Map<string, number>()
  for (const step of process.appended ?? []) {
    const element = registry.get(step.after)
    if (!element) continue
    const n = below.get(step.after) ?? 0
    below.set(step.after, n + 1)
    const html = document.createElement('div')
    html.className = `appended ${step.state}`
    html.style.width = `${element.width}px`
    html.textContent = step.name
    overlays.add(step.after, 'appended', { position: { bottom: -6 - boxed * n, left: 0 }, html })
  }
}

const readable = 0.85 // smallest scale at which names can be read
const pad = 24

/**
 * Fits the diagram to the width, but no smaller than can be read; then the present step is in the middle and the
 * height is that of what stands in view, with the added steps below. Returns the height it takes.
 */
export function fitWidth(viewer: Viewer, container: HTMLElement, present: string[], whole: boolean, appended = 0): number {
  const canvas = viewer.get<Canvas>('canvas')
  const registry = viewer.get<Registry>('elementRegistry')
  const { inner } = canvas.viewbox()
  const room = container.clientWidth
  const scale = Math.min(1, Math.max(whole ? 0 : readable, (room - 2 * pad) / inner.width))
  const width = room / scale
  const margin = pad / scale
  const now = present.map((id) => registry.get(id)).find(Boolean)
  const spare = inner.width + 2 * margin - width
  const x = spare <= 0 ? inner.x + (inner.width - width) / 2 : clamp(now ? now.x + now.width / 2 - width / 2 : inner.x, inner.x - margin, inner.x - margin + spare)
  const seen = shapes(registry).filter((s) => s.x < x + width && s.x + s.width > x)
  const top = Math.min(...seen.map((s) => s.y), inner.y + inner.height) - margin
  const bottom = Math.max(...seen.map((s) => s.y + s.height), inner.y) + margin + appended * boxed
  const height = Math.round(Math.min(tallest, Math.max(lowest, (bottom - top) * scale)))
  container.style.height = `${height}px`
  canvas.resized()
  const tall = height / scale
  const y = bottom - top > tall ? clamp(now ? now.y - tall / 2 : top, top, bottom - tall) : (top + bottom - tall) / 2
  canvas.viewbox({ x, y, width, height: tall })
  return height
}

const tallest = 460
const lowest = 120

/** Boxes of what is drawn: shapes and labels as they stand, connections by their bends. */
function shapes(registry: Registry): Box[] {
  const out: Box[] = []
  registry.forEach((e) => {
    if (e.waypoints) out.push(...e.waypoints.map((p) => ({ ...p, width: 0, height: 0 })))
    else if (e.parent) out.push(e as unknown as Box)
  })
  return out
}

const clamp = (value: number, min: number, max: number) => Math.max(min, Math.min(max, value))
