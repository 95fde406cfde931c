import { createTestCore } from '../../fixtures/test-core.ts'

// Imports a folder into a new project, says so, and goes on until it is killed.
const [path = '', source = ''] = process.argv.slice(2)
const { core } = createTestCore()
const { id: projectId } = await core.request('projects.create', { path })
const { registered } = await core.request('images.import', { projectId, source })
console.log(`registered ${registered}`)
setInterval(() => {}, 1000)
