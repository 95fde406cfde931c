// Reads the report of `npm audit --omit=dev --json` on standard input. High and critical findings fail, but those
// that a decision argues (docs/decisions/audit-exceptions.json: advisory address -> reason).
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './setup/checkout.mjs'

const exceptionsPath = join(checkout, 'docs', 'decisions', 'audit-exceptions.json')
const exceptions = existsSync(exceptionsPath) ? JSON.parse(readFileSync(exceptionsPath, 'utf8')) : {}
const text = readFileSync(0, 'utf8').trim()
const report = text.startsWith('{') ? JSON.parse(text) : {}

if (!report.vulnerabilities) {
  process.stdout.write('audit: the registry gave no answer, so nothing was checked\n')
} else {
  const advisories = Object.values(report.vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((via) => typeof via === 'object' && ['high', 'critical'].includes(via.severity))
  const open = new Map(
    advisories.filter(({ url }) => !exceptions[url]).map((advisory) => [advisory.url, advisory]),
  )
  for (const { url, name, severity, title } of open.values()) {
    process.stdout.write(`audit: ${name} (${severity}): ${title} ${url}\n`)
  }
  process.stdout.write(`audit: ${open.size} high or critical findings\n`)
  process.exitCode = open.size > 0 ? 1 : 0
}
