/**
 * No edit is lost: programs that label, undo, mark, rename and import are killed at random moments. Every edit that was answered must be
 * there when the project is opened again, the database must be sound, and importing the same folders again must bring nothing twice.
 *
 *     node bench/core-kills.ts [kills, 300 by default] [seed]
 */
import { createRandom } from '../src/models/random.ts'
import { killWhileEditing, openCoreKillLab, type CoreKill } from '../tests/fixtures/core-kills.ts'
import { report } from './thaw.ts'

const [kills = 300, seed = 0] = process.argv.slice(2).map(Number)
const lab = await openCoreKillLab(300)
try {
  const random = createRandom({ seed, purpose: 'kills' })
  const all: CoreKill[] = []
  for (let turn = 0; turn < kills; turn += 1) {
    const kill = await killWhileEditing(lab, random)
    all.push(kill)
    if (!kill.isWhole || kill.problems.length > 0 || kill.duplicates > 0)
      console.log(`kill ${turn + 1}`, kill)
  }
  const count = (of: (kill: CoreKill) => boolean): number => all.filter(of).length
  const answered = all.reduce((sum, kill) => sum + kill.answered, 0)
  const lost = count((kill) => !kill.isWhole)
  const unsound = count((kill) => kill.problems.length > 0)
  const twice = count((kill) => kill.duplicates > 0)
  console.log(
    `${answered} edits were answered; ${count((kill) => kill.hasInFlight)} kills left one that was not, whole`,
  )
  report('kills of core while it edits', String(all.length), `>= ${kills}`, all.length >= kills)
  report('kills that lost an answered edit', String(lost), '0', lost === 0)
  report('kills that left an unsound database', String(unsound), '0', unsound === 0)
  report('imports that brought an image twice', String(twice), '0', twice === 0)
} finally {
  await lab.dispose()
}
