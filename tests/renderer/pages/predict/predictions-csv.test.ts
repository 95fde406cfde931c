import { expect, test } from 'vitest'
import { predictionsCsv } from '../../../../src/renderer/src/pages/predict/predictions-csv.ts'

const given = (name: string) => ({ file: new File([], name), name })

test('has a row for each file, formulas as text, and the reason where there is no prediction', () => {
  const files = [
    {
      id: 1,
      given: given('a,b.jpg'),
      top: [
        { class: '=cmd()', probability: 0.75 },
        { class: 'bee', probability: 0.25 },
      ],
      sure: true,
    },
    { id: 2, given: given('c.jpg'), top: [{ class: 'bee', probability: 1 }], sure: false },
  ]
  const skipped = [{ given: given('d.jpg'), reason: 'empty' as const, detail: 'It has no bytes.' }]
  expect(predictionsCsv(files, skipped).slice(1).split('\r\n')).toEqual([
    'file,class,probability,sure,class_2,probability_2,problem',
    `"a,b.jpg",'=cmd(),0.750000,yes,bee,0.250000,`,
    'c.jpg,bee,1.000000,no,,,',
    'd.jpg,,,,,,empty: It has no bytes.',
    '',
  ])
})
