// Opens the project named as the argument, says so, and holds it until it is killed.
import { pino } from 'pino'
import { createOpenProjects } from '../../../src/core/projects/open-projects.ts'

createOpenProjects({ log: pino({ level: 'silent' }) }).open(process.argv[2] as string)
process.stdout.write('open\n')
setInterval(() => undefined, 1000)
