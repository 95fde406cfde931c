import { describe, expect, it } from 'vitest'
import {
  chosenName,
  defaultHeatMapSettings as settings,
  ofLayer,
  ofPrediction,
  settingsAfterKey,
} from '../../../../../src/renderer/src/pages/run/explain/heat-map-settings.ts'

describe('keys of the heat map', () => {
  it('hide it and show it again', () => {
    const hidden = settingsAfterKey(settings, 'h')!
    expect(hidden).toEqual({ ...settings, opacity: 0 })
    expect(settingsAfterKey(hidden, 'h')).toEqual(settings)
  })

  it('take one method after another, round and round', () => {
    const methods = ['m', 'm', 'm'].reduce(
      (all, key) => [...all, settingsAfterKey(all.at(-1)!, key)!],
      [settings],
    )
    expect(methods.map(({ method }) => method)).toEqual(['grad-cam', 'grad-cam++', 'occlusion', 'grad-cam'])
  })

  it('make it stronger and weaker, within its bounds', () => {
    expect(settingsAfterKey(settings, '+')?.opacity).toBe(0.7)
    expect(settingsAfterKey(settings, '-')?.opacity).toBe(0.5)
    expect(settingsAfterKey({ ...settings, opacity: 0.95 }, '+')?.opacity).toBe(1)
    expect(settingsAfterKey({ ...settings, opacity: 0.05 }, '-')?.opacity).toBe(0)
  })

  it('are not any others', () => {
    expect(settingsAfterKey(settings, 'x')).toBeNull()
  })
})

describe('choices', () => {
  it('are names of their own, whatever a class is called', () => {
    expect(chosenName(`=${ofPrediction}`)).toBe(ofPrediction)
    expect(chosenName('==')).toBe('=')
    expect(chosenName(ofPrediction)).toBeNull()
    expect(chosenName(ofLayer)).toBeNull()
  })
})
