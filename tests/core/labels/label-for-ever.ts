// Labels the images of the project named as the argument, one by one, and prints each id once that was answered.
import { writeSync } from 'node:fs'
import { pino } from 'pino'
import { setLabels } from '../../../src/core/labels/set-labels.ts'
import { createOpenProjects } from '../../../src/core/projects/open-projects.ts'

const project = createOpenProjects({ log: pino({ level: 'silent' }) }).open(process.argv[2] as string)
const ids = project.database.prepare<[], number>('SELECT id FROM images ORDER BY id').pluck().all()
for (const id of ids) {
  setLabels({ publish: () => undefined }, project, [id], 1)
  writeSync(1, `${id}\n`)
}
