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
  forEach(each: (element: { id: string }) => void): void
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
}

const readable = 0.85 // smallest scale at which names can be read
const pad = 24

/** Fits the diagram to the width, but no smaller than can be read; then the present step is in the middle. Returns the height it takes. */
export function fitWidth(viewer: Viewer, container: HTMLElement, present: string[], whole: boolean): number {
  const canvas = viewer.get<Canvas>('canvas')
  const { inner } = canvas.viewbox()
  const room = container.clientWidth
  const scale = Math.min(1, Math.max(whole ? 0 : readable, (room - 2 * pad) / inner.width))
  const height = Math.round(Math.min(460, inner.height * scale + 2 * pad))
  container.style.height = `${height}px`
  canvas.resized()
  const width = room / scale
  const view = { width, height: height / scale }
  const now = present.map((id) => viewer.get<Registry>('elementRegistry').get(id)).find(Boolean)
  const spare = inner.width + (2 * pad) / scale - width
  const x = spare <= 0 ? inner.x + (inner.width - width) / 2 : clamp(now ? now.x + now.width / 2 - width / 2 : inner.x, inner.x - pad / scale, inner.x - pad / scale + spare)
  const spareY = inner.height + (2 * pad) / scale - view.height
  const y = spareY <= 1 ? inner.y + (inner.height - view.height) / 2 : clamp(now ? now.y - view.height / 2 : inner.y, inner.y - pad / scale, inner.y - pad / scale + spareY)
  canvas.viewbox({ x, y, ...view })
  return height
}

const clamp = (value: number, min: number, max: number) => Math.max(min, Math.min(max, value))
