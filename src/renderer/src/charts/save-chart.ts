import { csvField } from '../../../contract/report-csv.ts'
import { saveFile } from '../composables/save-file.ts'

/** What a chart can be kept as. */
export const chartFormats = ['png', 'svg', 'csv'] as const
export type ChartFormat = (typeof chartFormats)[number]

/** What is not inherited from the page once a picture stands alone. */
const ownStyles = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'opacity',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
] as const

/** Pixels of a PNG for one of the picture's: enough for print. */
const pngScale = 2

/** A table as a CSV file that a spreadsheet opens: UTF-8 with a mark of it. */
export function tableCsv(rows: readonly (readonly (string | number)[])[]): Blob {
  const lines = rows.map((row) =>
    row
      .map((field) =>
        typeof field === 'number' ? String(field) : csvField(field, { spreadsheetSafe: true }),
      )
      .join(','),
  )
  return new Blob([`\uFEFF${lines.join('\r\n')}\r\n`], { type: 'text/csv' })
}

/** An SVG element as a file of its own, with the colours and fonts that it is shown in. */
export function standaloneSvg(element: SVGSVGElement): string {
  const copy = element.cloneNode(true) as SVGSVGElement
  const shown = [element, ...element.querySelectorAll('*')]
  const copied = [copy, ...copy.querySelectorAll('*')]
  shown.forEach((node, index) => {
    const styles = getComputedStyle(node)
    const target = copied[index] as SVGElement
    for (const name of ownStyles) target.style.setProperty(name, styles.getPropertyValue(name))
    target.removeAttribute('class')
  })
  const { width, height } = element.viewBox.baseVal
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  copy.style.background = getComputedStyle(document.documentElement).getPropertyValue('--surface')
  return new XMLSerializer().serializeToString(copy)
}

/** Saves a picture as it is, or drawn as a PNG. @throws where it is too large to be drawn */
export async function savePicture(name: string, svg: string, format: 'png' | 'svg'): Promise<void> {
  saveFile(
    `${name}.${format}`,
    format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await pngOfSvg(svg),
  )
}

async function pngOfSvg(svg: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * pngScale
    canvas.height = image.naturalHeight * pngScale
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob)
        else reject(new Error('The picture of the chart is too large to be made.'))
      }, 'image/png')
    })
  } finally {
    URL.revokeObjectURL(address)
  }
}
