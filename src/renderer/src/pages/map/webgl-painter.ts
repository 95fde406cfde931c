import type { MapView } from './map-geometry.ts'
import {
  bytesOfColor,
  dimmedAlpha,
  pointSize,
  usualAlpha,
  type MapPainter,
  type MapPoints,
} from './map-painter.ts'

const vertexSource = `#version 300 es
in vec2 place;
in vec3 color;
in float chosen;
uniform vec2 origin;
uniform vec2 scale;
uniform float size;
uniform float pass;
uniform float alpha;
out vec4 shade;
void main() {
  // Of the other pass: out of sight.
  bool shown = pass < 0.0 || abs(chosen - pass) < 0.5;
  vec2 at = (place - origin) * scale * 2.0 - 1.0;
  gl_Position = shown ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  shade = vec4(color * alpha, alpha);
}`
const fragmentSource = `#version 300 es
precision mediump float;
in vec4 shade;
out vec4 pixel;
void main() {
  vec2 offset = gl_PointCoord - 0.5;
  if (dot(offset, offset) > 0.25) discard;
  pixel = shade;
}`

/** Paints by WebGL: 100,000 points in some milliseconds, as they stay where they are drawn. @returns null where a shader is not taken */
export function createWebglPainter(gl: WebGL2RenderingContext): MapPainter | null {
  const program = createProgram(gl)
  if (!program) return null
  const attribute = (name: string, width: number, type: number, normalized: boolean): WebGLBuffer => {
    const buffer = gl.createBuffer()
    const location = gl.getAttribLocation(program, name)
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
    gl.enableVertexAttribArray(location)
    gl.vertexAttribPointer(location, width, type, normalized, 0, 0)
    return buffer
  }
  const places = attribute('place', 2, gl.FLOAT, false)
  const colors = attribute('color', 3, gl.UNSIGNED_BYTE, true)
  const chosen = attribute('chosen', 1, gl.UNSIGNED_BYTE, false)
  const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name)
  const uniforms = {
    origin: uniform('origin'),
    scale: uniform('scale'),
    size: uniform('size'),
    pass: uniform('pass'),
    alpha: uniform('alpha'),
  }
  let points: MapPoints | null = null

  function fill(buffer: WebGLBuffer, values: Float32Array | Uint8Array): void {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW)
  }

  return {
    setPoints(next) {
      if (next.x !== points?.x || next.y !== points.y) fill(places, interleaved(next))
      if (next.codes !== points?.codes || next.palette !== points.palette) fill(colors, colorBytes(next))
      if (next.selected !== points?.selected || next.x !== points.x) fill(chosen, chosenBytes(next))
      points = next
    },
    paint({ left, top, scale }: MapView, width, height, ratio) {
      gl.viewport(0, 0, Math.round(width * ratio), Math.round(height * ratio))
      gl.clearColor(0, 0, 0, 0)
      gl.clear(gl.COLOR_BUFFER_BIT)
      if (!points || width === 0 || height === 0) return
      gl.useProgram(program)
      gl.enable(gl.BLEND)
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
      gl.uniform2f(uniforms.origin, left, top)
      gl.uniform2f(uniforms.scale, scale / width, scale / height)
      gl.uniform1f(uniforms.size, pointSize(points.x.length) * ratio)
      const draw = (pass: number, alpha: number): void => {
        gl.uniform1f(uniforms.pass, pass)
        gl.uniform1f(uniforms.alpha, alpha)
        gl.drawArrays(gl.POINTS, 0, points?.x.length ?? 0)
      }
      if (points.selected.size === 0) return draw(-1, usualAlpha)
      // What is selected lies over the rest.
      draw(0, dimmedAlpha)
      draw(1, 1)
    },
    dispose() {
      points = null
      for (const buffer of [places, colors, chosen]) gl.deleteBuffer(buffer)
      gl.deleteProgram(program)
    },
  }
}

function createProgram(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) return null
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null
}

function interleaved({ x, y }: MapPoints): Float32Array {
  const values = new Float32Array(x.length * 2)
  for (let place = 0; place < x.length; place += 1) {
    values[place * 2] = x[place] as number
    values[place * 2 + 1] = y[place] as number
  }
  return values
}

function colorBytes({ codes, palette }: MapPoints): Uint8Array {
  const colors = palette.map(bytesOfColor)
  const bytes = new Uint8Array(codes.length * 3)
  codes.forEach((code, place) => bytes.set(colors[code] ?? [0, 0, 0], place * 3))
  return bytes
}

function chosenBytes({ x, selected }: MapPoints): Uint8Array {
  const bytes = new Uint8Array(x.length)
  for (const place of selected) bytes[place] = 1
  return bytes
}
