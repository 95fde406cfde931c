import { createRandom, type Random } from '../models/random.ts'
import { sampleShapes, sampleTextures, type SampleClass, type SampleFinish } from './sample-classes.ts'
import { cloudNoise, latticeNoise, smoothNoise } from './sample-noise.ts'
import { outlines, type Outline } from './sample-shapes.ts'
import { textures, type Texture, type TextureParameters } from './sample-textures.ts'

type Color = readonly [number, number, number]

interface Canvas {
  size: number
  /** RGB, 0 to 1, `[size, size, 3]`; may leave that range until it is developed. */
  pixels: Float32Array
}

interface Piece {
  outline: Outline
  texture: Texture
  parameters: TextureParameters
  colors: readonly [Color, Color]
  x: number
  y: number
  /** Half of the piece's width, in pixels. */
  scale: number
  /** Cosine and sine of the turn. */
  turn: readonly [number, number]
  /** Foreshortening across the piece's own vertical axis. */
  tilt: number
  /** Pixels over which the outline fades. */
  softness: number
  rim: boolean
  hole: number
}

interface Light {
  x: number
  y: number
  z: number
}

/** @param hue turns, @param saturation, @param lightness 0 to 1 */
function fromHsl(hue: number, saturation: number, lightness: number): Color {
  const chroma = saturation * Math.min(lightness, 1 - lightness)
  const channel = (offset: number): number => {
    const k = (offset + hue * 12) % 12
    return lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}

function paintBackground(canvas: Canvas, random: Random): void {
  const { size, pixels } = canvas
  const hue = random.uniform()
  const lightness = random.uniform(0.3, 0.72)
  const saturation = 0.03 + 0.3 * random.uniform() ** 2
  const near = fromHsl(hue, saturation, lightness)
  const far = fromHsl(
    (hue + random.uniform(-0.1, 0.1) + 1) % 1,
    saturation,
    lightness + random.uniform(-0.22, 0.22),
  )
  const kind = random.integer(4)
  const seed = random.uint32() | 0
  const angle = random.uniform(0, Math.PI)
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const scale = random.uniform(2.5, 6)
  const boards = random.uniform(3, 6)
  for (let row = 0, at = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1, at += 3) {
      const x = column / size
      const y = row / size
      const u = x * cos + y * sin
      const v = y * cos - x * sin
      let share: number
      let shade = 1
      if (kind === 0) share = cloudNoise(x * scale, y * scale, seed)
      else if (kind === 1) {
        const board = Math.floor(v * boards)
        const across = v * boards - board
        share = 0.5 * latticeNoise(board, 1, seed) + 0.5 * smoothNoise(u * 3 + board * 7, v * 40, seed)
        if (across < 0.035) shade = 0.55
      } else if (kind === 2) {
        share = 0.6 * smoothNoise(x * 1.6, y * 1.6, seed) + 0.4 * y
      } else {
        const fine = smoothNoise(x * 46, y * 46, seed)
        share = 0.5 * cloudNoise(x * scale, y * scale, seed + 5) + 0.5 * fine
        shade = 0.86 + 0.28 * smoothNoise(x * 22, y * 22, seed + 9)
      }
      for (let channel = 0; channel < 3; channel += 1) {
        const a = near[channel] as number
        const b = far[channel] as number
        pixels[at + channel] = (a + (b - a) * share) * shade
      }
    }
  }
}

function randomTurn(random: Random): readonly [number, number] {
  const angle = random.uniform(0, Math.PI * 2)
  return [Math.cos(angle), Math.sin(angle)]
}

function smoothStep(value: number): number {
  const x = Math.min(1, Math.max(0, value))
  return x * x * (3 - 2 * x)
}

/** How much of a pixel at (dx, dy) from its middle the piece covers, 0 to 1; also the place within the piece. */
function coverage(
  piece: Piece,
  dx: number,
  dy: number,
  softness: number,
  place: { u: number; v: number; rho: number },
): number {
  const [cos, sin] = piece.turn
  const u = (dx * cos + dy * sin) / piece.scale
  const v = (dy * cos - dx * sin) / (piece.scale * piece.tilt)
  const distance = Math.sqrt(u * u + v * v)
  if (distance > 1.25 + softness / piece.scale) return 0
  const radius = piece.outline.radius(Math.atan2(v, u))
  place.u = u
  place.v = v
  place.rho = distance / radius
  const outer = smoothStep(((radius - distance) * piece.scale) / softness + 0.5)
  if (piece.hole === 0) return outer
  return Math.min(outer, smoothStep(((distance - piece.hole) * piece.scale) / softness + 0.5))
}

function forBox(
  canvas: Canvas,
  x: number,
  y: number,
  reach: number,
  visit: (at: number, dx: number, dy: number) => void,
): void {
  const { size } = canvas
  const top = Math.max(0, Math.floor(y - reach))
  const bottom = Math.min(size - 1, Math.ceil(y + reach))
  const left = Math.max(0, Math.floor(x - reach))
  const right = Math.min(size - 1, Math.ceil(x + reach))
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      visit((row * size + column) * 3, column + 0.5 - x, row + 0.5 - y)
    }
  }
}

function paintShadow(canvas: Canvas, piece: Piece, light: Light, strength: number): void {
  const { pixels } = canvas
  const place = { u: 0, v: 0, rho: 0 }
  const offset = piece.scale * 0.16
  const softness = piece.scale * 0.3
  forBox(canvas, piece.x - light.x * offset, piece.y - light.y * offset, piece.scale * 1.3, (at, dx, dy) => {
    const dark = 1 - strength * coverage(piece, dx, dy, softness, place)
    if (dark === 1) return
    pixels[at] = (pixels[at] as number) * dark
    pixels[at + 1] = (pixels[at + 1] as number) * dark
    pixels[at + 2] = (pixels[at + 2] as number) * dark
  })
}

function paintPiece(canvas: Canvas, piece: Piece, light: Light, relief: number, gloss: number): void {
  const { pixels } = canvas
  const place = { u: 0, v: 0, rho: 0 }
  const [first, second] = piece.colors
  forBox(canvas, piece.x, piece.y, piece.scale * 1.2, (at, dx, dy) => {
    const alpha = coverage(piece, dx, dy, piece.softness, place)
    if (alpha === 0) return
    const rho = Math.min(1, place.rho)
    let share = piece.texture(place.u, place.v, piece.parameters)
    if (piece.rim && rho > 0.82) share = rho < 0.87 ? 0 : 1
    // A dome: flat in the middle, steep at the edge.
    const slope = relief * rho * rho * rho
    const length = Math.sqrt(dx * dx + dy * dy) || 1
    const nx = (dx / length) * slope
    const ny = (dy / length) * slope
    const norm = 1 / Math.sqrt(nx * nx + ny * ny + 1)
    const facing = (nx * light.x + ny * light.y + light.z) * norm
    const shade = 0.42 + 0.68 * Math.max(0, facing)
    const shine = gloss * Math.pow(Math.max(0, facing), 24)
    for (let channel = 0; channel < 3; channel += 1) {
      const a = first[channel] as number
      const b = second[channel] as number
      const value = (a + (b - a) * share) * shade + shine
      const under = pixels[at + channel] as number
      pixels[at + channel] = under + (value - under) * alpha
    }
  })
}

/** What a camera adds: uneven light, vignette, white balance, grain. @returns RGB bytes `[size, size, 3]` */
function develop(canvas: Canvas, random: Random): Buffer {
  const { size, pixels } = canvas
  const bytes = Buffer.allocUnsafe(size * size * 3)
  const angle = random.uniform(0, Math.PI * 2)
  const gradient = random.uniform(0, 0.5)
  const vignette = random.uniform(0, 0.45)
  const exposure = random.uniform(0.78, 1.18)
  const warmth = random.uniform(-0.09, 0.09)
  const grain = random.uniform(0.01, 0.055)
  const seed = random.uint32() | 0
  const balance = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)] as const
  const cos = Math.cos(angle) * gradient
  const sin = Math.sin(angle) * gradient
  for (let row = 0, at = 0; row < size; row += 1) {
    const y = row / size - 0.5
    for (let column = 0; column < size; column += 1, at += 3) {
      const x = column / size - 0.5
      const light = 1 + x * cos + y * sin - vignette * (x * x + y * y)
      const luma = (latticeNoise(column, row, seed) + latticeNoise(column, row, seed + 1) - 1) * grain * 1.7
      const chroma = (latticeNoise(column, row, seed + 2) - 0.5) * grain
      for (let channel = 0; channel < 3; channel += 1) {
        const tint = channel === 0 ? chroma : channel === 2 ? -chroma : 0
        const value = (pixels[at + channel] as number) * light * (balance[channel] as number) + luma + tint
        bytes[at + channel] = value <= 0 ? 0 : value >= 1 ? 255 : value * 255
      }
    }
  }
  return bytes
}

function pieceColors(random: Random): readonly [Color, Color] {
  const hue = random.uniform()
  const dark = fromHsl(hue, random.uniform(0.25, 0.85), random.uniform(0.18, 0.36))
  const pale = fromHsl(
    (hue + random.uniform(0, 0.6)) % 1,
    random.uniform(0.2, 0.8),
    random.uniform(0.62, 0.86),
  )
  return random.uniform() < 0.5 ? [dark, pale] : [pale, dark]
}

function pieceTexture(
  texture: SampleClass['texture'],
  random: Random,
): Pick<Piece, 'texture' | 'parameters'> {
  return {
    texture: textures[texture],
    parameters: {
      frequency: random.uniform(4.2, 7.2),
      phase: random.uniform(0, 6.3),
      seed: random.uint32() | 0,
    },
  }
}

/** Small blurred things around, of any class, that say nothing about the picture's own. */
function paintClutter(canvas: Canvas, random: Random, light: Light): void {
  const count = random.integer(6)
  for (let index = 0; index < count; index += 1) {
    const shape = sampleShapes[random.integer(sampleShapes.length)] as SampleClass['shape']
    const texture = sampleTextures[random.integer(sampleTextures.length)] as SampleClass['texture']
    const outline = outlines[shape](random)
    const scale = canvas.size * random.uniform(0.04, 0.13)
    const piece: Piece = {
      outline,
      ...pieceTexture(texture, random),
      colors: pieceColors(random),
      x: random.uniform(0, canvas.size),
      y: random.uniform(0, canvas.size),
      scale,
      turn: randomTurn(random),
      tilt: random.uniform(0.6, 1),
      softness: scale * random.uniform(0.15, 0.7),
      rim: false,
      hole: outline.hole,
    }
    paintShadow(canvas, piece, light, 0.3)
    paintPiece(canvas, piece, light, 1, 0.1)
  }
}

/** Middles of the pieces, in units of the picture, and their size in units of a single piece's. */
const arrangements: Record<SampleFinish, { size: number; middles: readonly (readonly [number, number])[] }> =
  {
    plain: { size: 1, middles: [[0, 0]] },
    rimmed: { size: 1, middles: [[0, 0]] },
    holed: { size: 1, middles: [[0, 0]] },
    twin: {
      size: 0.62,
      middles: [
        [-0.2, -0.06],
        [0.2, 0.06],
      ],
    },
    triple: {
      size: 0.5,
      middles: [
        [-0.22, 0.14],
        [0.22, 0.14],
        [0, -0.2],
      ],
    },
  }

/**
 * A picture of the sample, by seed and number alone: an object of the class's outline and surface, somewhere, turned,
 * tilted, coloured and lit at random, among blurred others. Colours say nothing about the class.
 *
 * @param size pixels, of both sides
 * @returns RGB bytes `[size, size, 3]`
 */
export function drawPicture(sample: SampleClass, size: number, seed: number, item: number): Buffer {
  const random = createRandom({ seed, purpose: 'sample-picture', item })
  const canvas: Canvas = { size, pixels: new Float32Array(size * size * 3) }
  const direction = random.uniform(0, Math.PI * 2)
  const light: Light = { x: Math.cos(direction) * 0.55, y: Math.sin(direction) * 0.55, z: 0.83 }
  paintBackground(canvas, random)
  paintClutter(canvas, random, light)

  const { size: share, middles } = arrangements[sample.finish]
  const scale = size * random.uniform(0.24, 0.42) * share
  const middleX = size * random.uniform(0.4, 0.6)
  const middleY = size * random.uniform(0.4, 0.6)
  const colors = pieceColors(random)
  const surface = pieceTexture(sample.texture, random)
  const relief = random.uniform(0.7, 1.8)
  const gloss = random.uniform(0, 0.35)
  for (const [offsetX, offsetY] of middles) {
    const outline = outlines[sample.shape](random)
    const piece: Piece = {
      outline,
      ...surface,
      colors,
      x: middleX + offsetX * size,
      y: middleY + offsetY * size,
      scale,
      turn: randomTurn(random),
      tilt: random.uniform(0.72, 1),
      softness: Math.max(1.1, size / 180),
      rim: sample.finish === 'rimmed',
      hole: sample.finish === 'holed' ? 0.3 : outline.hole,
    }
    paintShadow(canvas, piece, light, random.uniform(0.35, 0.6))
    paintPiece(canvas, piece, light, relief, gloss)
  }
  return develop(canvas, random)
}
