import { describe, expect, it } from 'vitest'
import { sniff } from '../../src/imaging/sniff.ts'
import { bmp, picture } from '../fixtures/bad-files.ts'

const text = (value: string) => sniff(new TextEncoder().encode(value))

describe('sniff', () => {
  it('knows each format that sharp writes', async () => {
    expect(sniff(await picture(1).jpeg().toBuffer())).toEqual({ kind: 'image', format: 'jpeg' })
    expect(sniff(await picture(1).png().toBuffer())).toEqual({ kind: 'image', format: 'png' })
    expect(sniff(await picture(1).webp().toBuffer())).toEqual({ kind: 'image', format: 'webp' })
    expect(sniff(await picture(1).gif().toBuffer())).toEqual({ kind: 'image', format: 'gif' })
    expect(sniff(await picture(1).tiff().toBuffer())).toEqual({ kind: 'image', format: 'tiff' })
    expect(sniff(await picture(1).avif({ effort: 0 }).toBuffer())).toEqual({ kind: 'image', format: 'avif' })
  })

  it('never takes markup for an image', () => {
    expect(text('<!DOCTYPE html><html>')).toEqual({ kind: 'other', name: 'an HTML page' })
    expect(text('\uFEFF  <svg xmlns="http://www.w3.org/2000/svg">')).toEqual({
      kind: 'other',
      name: 'an SVG drawing',
    })
    expect(text('<?xml version="1.0"?>\n<svg>')).toEqual({ kind: 'other', name: 'an SVG drawing' })
    expect(text('path,class\n1.jpg,ant\n')).toEqual({ kind: 'other', name: 'text' })
    expect(sniff(Buffer.from('\uFEFF<html>', 'utf16le'))).toEqual({ kind: 'other', name: 'an HTML page' })
  })

  it('names images that are not supported', () => {
    expect(sniff(bmp())).toEqual({ kind: 'unsupported', name: 'BMP' })
    expect(
      sniff(Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')])),
    ).toEqual({
      kind: 'unsupported',
      name: 'HEIC',
    })
  })

  it('takes anything else for what it is, however short', () => {
    for (let length = 0; length < 32; length += 1) {
      expect(sniff(new Uint8Array(length)).kind).toBe('other')
    }
    expect(sniff(Buffer.from('BMW is a maker of cars and motorcycles'))).toEqual({
      kind: 'other',
      name: 'text',
    })
  })
})
